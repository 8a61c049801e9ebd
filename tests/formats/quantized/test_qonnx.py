"""Quant and BipolarQuant of QONNX: 1 to 8 bits, on weights and on activations."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import opaque_reasons, read
from tests.formats.quantized.drawing import QuantizedFile
from tinyml_studio.arith.profile import ONNX
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.errors import ModelError
from tinyml_studio.ir.ops import Clip, Conv, Dense
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_scheme
from tinyml_studio.simulate.io import quantize_inputs
from tinyml_studio.simulate.run import run

DOMAIN = "qonnx.custom_op.general"
REAL = np.random.default_rng(5).normal(size=(5, 12)).astype(np.float32)


class QonnxFile(QuantizedFile):
    """A file whose rounding is done by nodes of QONNX."""

    def quant(self, x, scale, bits, zero=0.0, *, domain=DOMAIN, op="Quant", **attributes):
        given = {"signed": 1, "narrow": 0, "rounding_mode": "ROUND"} | attributes
        operands = [np.asarray(scale, np.float32), np.asarray(zero, np.float32), np.float32(bits)]
        return self.add(op, x, *operands, domain=domain, **given)

    def whole(self, x, scale, bits):
        """With integers for the numbers that are whole."""
        operands = [np.asarray(scale, np.float32), np.int64(0), np.int64(bits)]
        return self.add("Quant", x, *operands, domain="finn.custom_op.general", signed=1)

    def dense(self, x, weight, name="dense"):
        return self.add("Gemm", x, weight, transB=1, name=name)


def opened(proto, folder):
    graph = prepare(read(proto, folder))
    assert opaque_reasons(graph) == []
    return graph


def integers(graph, name):
    held, weight = graph.found.weights[name], graph.by_name[name].op.weight
    return np.rint(weight / held.scale.reshape(-1, *[1] * (weight.ndim - 1)))


def limits(bits, signed, narrow):
    """Smallest and largest integer, by the operator's description."""
    if signed:
        return -(2 ** (bits - 1)) + narrow, 2 ** (bits - 1) - 1
    return 0, 2**bits - 1 - narrow


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("narrow", [0, 1])
@pytest.mark.parametrize("signed", [0, 1])
def test_weights_of_every_width(tmp_path, bits, narrow, signed):
    file = QonnxFile(12)
    weight = file.quant(file.constant(REAL), 0.1, bits, signed=signed, narrow=narrow)
    x = file.quant(file.x, 0.05, 8)
    graph = opened(file.proto(file.quant(file.dense(x, weight), 0.2, 8)), tmp_path)
    low, high = limits(bits, signed, narrow)
    wanted = np.rint(np.clip(REAL / np.float32(0.1), low, high))
    np.testing.assert_array_equal(integers(graph, "dense"), wanted)
    held = graph.found.weights["dense"]
    assert held.bits == max(bits, 2)
    assert held.type.min <= wanted.min() <= wanted.max() <= held.type.max
    assert held.stored == f"{'' if signed else 'u'}int{bits}"
    np.testing.assert_array_equal(held.bias, np.zeros(5))


@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_activations_of_one_bit(scale, tmp_path):
    file = QonnxFile(12)
    x = file.quant(file.x, 0.05, 8)
    weight = file.quant(file.constant(REAL), 0.1, 4)
    signs = file.add("BipolarQuant", x, np.float32(scale), domain=DOMAIN)
    graph = opened(file.proto(file.quant(file.dense(signs, weight), 0.2, 8)), tmp_path)
    (signed,) = (node for node in graph.nodes if node.op.kind == "Bipolar")
    held = graph.found.activations[signed.outputs[0]]
    assert (held.bits, held.scale, held.zero_point) == (8, scale, 0)
    values = np.linspace(-1, 1, 12, dtype=np.float32)[None]
    (made,) = FloatRunner(graph).run((values,), [signed.outputs[0]]).values()
    np.testing.assert_array_equal(made, np.where(values >= 0, scale, -scale))
    program = lower(graph, {}, file_scheme(graph), ONNX)
    trace = run(program, quantize_inputs(program, graph, [values]))
    np.testing.assert_array_equal(trace.values[signed.outputs[0]], np.where(values >= 0, 1, -1))


def test_whole_numbers_as_integers(tmp_path):
    file = QonnxFile(12)
    made = file.dense(file.quant(file.x, 0.05, 8), file.whole(file.constant(REAL), 0.1, 6))
    graph = opened(file.proto(file.whole(made, 0.2, 8)), tmp_path)
    assert graph.found.weights["dense"].bits == 6
    assert graph.found.activations[graph.outputs[0].tensor].scale == pytest.approx(0.2)


ROUNDINGS = {
    "ROUND": np.rint,
    "CEIL": np.ceil,
    "FLOOR": np.floor,
    "ROUND_TO_ZERO": np.trunc,
    "HALF_EVEN": np.rint,
    "DOWN": np.trunc,
    "UP": lambda x: np.sign(x) * np.ceil(np.abs(x)),
    "HALF_UP": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5),
    "HALF_DOWN": lambda x: np.sign(x) * np.ceil(np.abs(x) - 0.5),
}


@pytest.mark.parametrize("mode", ROUNDINGS)
def test_weights_of_every_rounding(tmp_path, mode):
    file = QonnxFile(12)
    real = np.round(REAL * 8) / 8  # with halves of a step
    weight = file.quant(file.constant(real), 0.25, 4, rounding_mode=mode)
    graph = opened(file.proto(file.dense(file.quant(file.x, 0.05, 8), weight)), tmp_path)
    wanted = ROUNDINGS[mode](np.clip(real / np.float32(0.25), -8, 7))
    np.testing.assert_array_equal(integers(graph, "dense"), wanted)


def test_weights_with_a_scale_for_every_channel(tmp_path):
    file = QonnxFile(12)
    scales = (np.arange(1, 6, dtype=np.float32) / 20).reshape(5, 1)
    weight = file.quant(file.constant(REAL), scales, 4)
    graph = opened(file.proto(file.dense(file.quant(file.x, 0.05, 8), weight)), tmp_path)
    held = graph.found.weights["dense"]
    np.testing.assert_array_equal(held.scale, scales.reshape(-1).astype(np.float64))
    wanted = np.rint(np.clip(REAL / scales, -8, 7))
    np.testing.assert_array_equal(integers(graph, "dense"), wanted)


@pytest.mark.parametrize("domain", [DOMAIN, "onnx.brevitas"])
def test_binary_weights(tmp_path, domain):
    file = QonnxFile(12)
    weight = file.add("BipolarQuant", REAL, np.float32(0.3), domain=domain)
    graph = opened(file.proto(file.dense(file.quant(file.x, 0.05, 8), weight)), tmp_path)
    held = graph.found.weights["dense"]
    assert (held.bits, held.type.bits) == (1, 1)
    np.testing.assert_array_equal(integers(graph, "dense"), np.where(REAL >= 0, 1, -1))


@pytest.mark.parametrize("bits", [1, 2, 3, 4, 5, 7, 8, 16])
@pytest.mark.parametrize("signed", [0, 1])
@pytest.mark.parametrize("narrow", [0, 1])
def test_activations_of_every_width(tmp_path, bits, signed, narrow):
    file = QonnxFile(12)
    x = file.quant(file.x, 0.05, 8)
    y = file.dense(x, file.quant(file.constant(REAL), 0.1, 4))
    graph = opened(file.proto(file.quant(y, 0.2, bits, signed=signed, narrow=narrow)), tmp_path)
    (node,) = graph.nodes
    held = graph.found.activations[node.outputs[0]]
    width = next(w for w in (4, 8, 16) if bits <= w)
    offset = 0 if signed else 2 ** (width - 1)
    assert (held.bits, held.zero_point, held.scale) == (width, -offset, float(np.float32(0.2)))
    assert held.stored == f"{'' if signed else 'u'}int{bits}"
    low, high = limits(bits, signed, narrow)
    ends = max(node.op.clamp.low, held.limits[0]), min(node.op.clamp.high, held.limits[1])
    np.testing.assert_allclose(np.array(ends) / held.scale, [low, high], rtol=1e-6)


def test_an_input_of_few_bits_is_limited_first(tmp_path):
    file = QonnxFile(12)
    x = file.quant(file.x, 0.05, 3)
    y = file.dense(x, file.quant(file.constant(REAL), 0.1, 4))
    graph = opened(file.proto(file.quant(y, 0.2, 8)), tmp_path)
    assert [type(node.op) for node in graph.nodes] == [Clip, Dense]
    assert graph.found.activations[graph.inputs[0].tensor].bits == 4


def test_a_convolution_with_a_relu(tmp_path):
    file = QonnxFile(3, 8, 8)
    kernel = np.random.default_rng(1).normal(size=(4, 3, 3, 3)).astype(np.float32)
    x = file.quant(file.x, 0.05, 8)
    y = file.add("Conv", x, file.quant(file.constant(kernel), 0.1, 2, narrow=1), name="conv")
    y = file.quant(file.add("Relu", y), 0.2, 4, signed=0, domain="onnx.brevitas")
    graph = opened(file.proto(y), tmp_path)
    assert [type(node.op) for node in graph.nodes] == [Conv]
    assert graph.found.weights["conv"].bits == 2
    assert graph.found.activations[graph.outputs[0].tensor].bits == 4
    assert graph.nodes[0].op.clamp.low == 0.0


WRONG = {
    "its bit width is 0": lambda f: f.quant(f.constant(REAL), 0.1, 0),
    "its bit width is 3.5": lambda f: f.quant(f.constant(REAL), 0.1, 3.5),
    "its bit width is 99": lambda f: f.quant(f.constant(REAL), 0.1, 99),
    "its scale is -0.1": lambda f: f.quant(f.constant(REAL), -0.1, 4),
    "its scale is 0": lambda f: f.quant(f.constant(REAL), 0, 4),
    "its zero point is 0.5": lambda f: f.quant(f.constant(REAL), 0.1, 4, 0.5),
    "its zero point is 8": lambda f: f.quant(f.constant(REAL), 0.1, 4, 8),
    "the attribute narrow is 2": lambda f: f.quant(f.constant(REAL), 0.1, 4, narrow=2),
    "Quant has no attribute depth": lambda f: f.quant(f.constant(REAL), 0.1, 4, depth=2),
    "does not fit": lambda f: f.quant(f.constant(REAL), np.ones((12, 1)), 4),
}


@pytest.mark.parametrize("reason", WRONG)
def test_wrong_parameters_are_one_error(tmp_path, reason):
    file = QonnxFile(12)
    y = file.dense(file.quant(file.x, 0.05, 8), WRONG[reason](file))
    with pytest.raises(ModelError) as caught:
        read(file.proto(y), tmp_path)
    assert reason in str(caught.value)
    assert "(Quant)" in str(caught.value)


UNSUPPORTED = {
    "the rounding mode FLOOR": lambda f: f.quant(f.x, 0.1, 8, rounding_mode="FLOOR"),
    "several values of its scale": lambda f: f.quant(f.x, np.full(12, 0.1), 8),
    "values of its scale is not": lambda f: f.add(
        "BipolarQuant", f.x, np.ones(12, np.float32), domain=DOMAIN
    ),
    "an activation of type int20": lambda f: f.quant(f.x, 0.1, 20),
    "the rounding mode 'ODD'": lambda f: f.quant(f.x, 0.1, 8, rounding_mode="ODD"),
}


@pytest.mark.parametrize("reason", UNSUPPORTED)
def test_what_no_kernel_computes_is_refused_by_name(tmp_path, reason):
    file = QonnxFile(12)
    reasons = opaque_reasons(read(file.proto(UNSUPPORTED[reason](file)), tmp_path))
    assert any(reason in text for text in reasons)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_a_batch_norm_goes_into_the_scales(tmp_path, bits):
    file = QonnxFile(3, 8, 8)
    random = np.random.default_rng(1)
    kernel = random.normal(size=(4, 3, 3, 3)).astype(np.float32)
    factor, offset, mean = random.normal(size=(3, 4)).astype(np.float32)
    spread = random.uniform(0.5, 2, 4).astype(np.float32)
    if bits == 1:
        weight = file.add("BipolarQuant", kernel, np.float32(0.1), domain=DOMAIN)
    else:
        weight = file.quant(file.constant(kernel), 0.1, bits)
    y = file.add("Conv", file.quant(file.x, 0.05, 8), weight, name="conv")
    y = file.add("BatchNormalization", y, factor, offset, mean, spread)
    graph = opened(file.proto(file.quant(file.add("Relu", y), 0.2, 4, signed=0)), tmp_path)
    assert [type(node.op) for node in graph.nodes] == [Conv]
    held = graph.found.weights["conv"]
    gain = factor / np.sqrt(spread + 1e-5)
    np.testing.assert_allclose(held.scale, np.abs(gain) * np.float32(0.1), rtol=1e-6)
    low, high = limits(bits, 1, 0)
    wanted = np.rint(np.clip(kernel / np.float32(0.1), low, high))
    if bits == 1:
        wanted = np.where(kernel >= 0, 1, -1)
    signs = np.sign(gain).reshape(-1, 1, 1, 1)
    assert (signs < 0).any()
    found = integers(graph, "conv")
    np.testing.assert_array_equal(found, np.moveaxis(wanted * signs, 1, -1))
    assert held.type.min <= found.min() <= found.max() <= held.type.max
    np.testing.assert_allclose(graph.nodes[0].op.bias, offset - gain * mean, rtol=1e-5)


def test_a_bias_behind_a_product_with_no_grid_between_is_its_own(tmp_path):
    file = QonnxFile(12)
    y = file.add("MatMul", file.quant(file.x, 0.05, 8), file.quant(file.constant(REAL.T), 0.1, 4))
    y = file.add("Add", y, np.arange(5, dtype=np.float32))
    graph = opened(file.proto(file.quant(y, 0.2, 8)), tmp_path)
    (node,) = graph.nodes
    np.testing.assert_array_equal(node.op.bias, np.arange(5))
    assert graph.found.weights[node.name].scale.size == 1


def test_what_is_real_keeps_8_bits_beside_4(tmp_path):
    file = QonnxFile(12)
    x = file.quant(file.x, 0.05, 4)
    y = file.quant(file.dense(x, file.quant(file.constant(REAL), 0.1, 4), "first"), 0.2, 4)
    graph = opened(file.proto(file.dense(y, REAL[:, :5], "last")), tmp_path)
    scheme = file_scheme(graph)
    assert scheme.of("first").bits == "w4a4"
    assert scheme.of("last").bits == "w8a8"
