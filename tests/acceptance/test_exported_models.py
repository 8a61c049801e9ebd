"""Networks as ONNX: read back they are the same integers, and ONNX Runtime computes those."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from tests.acceptance.networks import NETWORKS
from tests.acceptance.test_varied_models import draw
from tests.formats.quantized.test_real_models import existing
from tests.formats.tflite.recurrent_cases import lstm
from tests.formats.tflite.streams import stream
from tinyml_studio.arith.profile import LITERT, ONNX, POW2, TFLM
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import collect
from tinyml_studio.emit.stated import stated
from tinyml_studio.errors import UnsupportedError
from tinyml_studio.formats.quantized_writer import real_layers, write_quantized
from tinyml_studio.formats.reader import read_model
from tinyml_studio.formats.writer.stated import Form
from tinyml_studio.ir.graph import Graph
from tinyml_studio.kernels.registry import run_instruction
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.program.instructions import Piecewise
from tinyml_studio.program.program import Program
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, Scheme
from tinyml_studio.simulate.io import dequantize_outputs, quantize_inputs
from tinyml_studio.simulate.run import run

BITS = ("w8a8", "w4a8", "w8a16", "w3a4")
REAL = {
    "several_ports": {"Sub"},
    "unet": {"ConvTranspose", "ResizeBilinear"},
    "vision_transformer": {"Sub"},
    "slopes": {"PRelu"},
}
"""Networks with layers that have no operator on integers, and what those are."""


@dataclass(frozen=True)
class Case:
    """A network, its samples by input, and its integers."""

    graph: Graph
    samples: dict[str, np.ndarray]
    program: Program

    @property
    def arrays(self):
        return list(self.samples.values())

    @property
    def trace(self):
        return run(self.program, quantize_inputs(self.program, self.graph, self.arrays))


@cache
def calibrated(name):
    proto = NETWORKS[name](7)
    samples = draw(proto, 11)
    folder = FOLDER[0]
    (folder / f"{name}.onnx").write_bytes(proto.SerializeToString())
    graph = prepare(read_model(folder / f"{name}.onnx"))
    return graph, samples, collect(graph, Samples.of(list(samples.values())))


def case(name, bits, granularity=Granularity.CHANNEL, arithmetic=ONNX):
    graph, samples, stats = calibrated(name)
    choice = LayerScheme(granularity=granularity).with_bits(bits)
    return Case(graph, samples, lower(graph, stats, Scheme(default=choice), arithmetic))


FOLDER = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory):
    FOLDER[:] = [tmp_path_factory.mktemp("networks")]


def session(data):
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return ort.InferenceSession(data, options)


def written(drawn, form):
    data = write_quantized(drawn.graph, stated(drawn.graph, drawn.program), form)
    onnx.checker.check_model(data, full_check=True)
    return data


def read_back(data, folder):
    (folder / "exported.onnx").write_bytes(data)
    graph = prepare(read_model(folder / "exported.onnx"))
    return graph, lower(graph, {}, file_scheme(graph), file_arithmetic(graph))


def assert_same_layers(first, second, *, widths):
    """Integers, scales, limits and grids of all layers that have weights."""
    others = {item.layer: item for item in second.instructions if hasattr(item, "weights")}
    weighted = [item for item in first.instructions if hasattr(item, "weights")]
    assert {item.layer for item in weighted} == set(others)
    for item in weighted:
        other = others[item.layer]
        np.testing.assert_array_equal(item.weights, other.weights)
        np.testing.assert_array_equal(item.bias, other.bias)
        np.testing.assert_array_equal(item.weight_scale, other.weight_scale)
        assert (item.low, item.high) == (other.low, other.high)
        made, found = first.tensors[item.output], second.tensors[other.output]
        assert (made.type, made.scale, made.zero_point) == (
            found.type,
            found.scale,
            found.zero_point,
        )
        assert item.weight_type == other.weight_type or not widths


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize("name", NETWORKS)
def test_pairs_read_back_are_the_same_integers(name, bits, granularity, tmp_path):
    drawn = case(name, bits, granularity)
    graph, program = read_back(written(drawn, Form.PAIRS), tmp_path)
    assert_same_layers(drawn.program, program, widths=True)
    assert [port.name for port in graph.inputs] == [port.name for port in drawn.graph.inputs]
    assert [port.shape for port in graph.outputs] == [port.shape for port in drawn.graph.outputs]
    again = run(program, quantize_inputs(program, graph, drawn.arrays))
    for ours, theirs in zip(drawn.program.outputs, program.outputs, strict=True):
        shape = drawn.trace.values[ours].shape
        np.testing.assert_array_equal(drawn.trace.values[ours], again.values[theirs].reshape(shape))


@pytest.mark.parametrize("bits", ["w8a8", "w4a8", "w3a4"])
@pytest.mark.parametrize("name", NETWORKS)
def test_operators_on_integers_give_the_very_integers(name, bits, tmp_path):
    drawn = case(name, bits, Granularity.TENSOR if bits == "w4a8" else Granularity.CHANNEL)
    data = written(drawn, Form.OPERATORS)
    real = real_layers(drawn.graph, stated(drawn.graph, drawn.program))
    assert {drawn.graph.by_name[layer].op.kind for layer in real} == REAL.get(name, set())
    found = session(data).run(None, drawn.samples)
    expected = dequantize_outputs(drawn.program, drawn.graph, drawn.trace)
    for output, ours, theirs in zip(drawn.program.outputs, expected, found, strict=True):
        units = np.rint(np.abs(ours - theirs) / drawn.program.tensors[output].scale)
        assert units.max() <= (2 if real else 0)
        assert (units > 0).mean() < (0.02 if real else 1)
    _, program = read_back(data, tmp_path)
    if bits != "w3a4":  # the integers of operators have 8 bits
        assert_same_layers(drawn.program, program, widths=False)


def by_layer(data, drawn):
    """ONNX Runtime's integers of every tensor of the graph, channels last."""
    model = onnx.load_from_string(data)
    made = {}
    tensors = {node.name: node.outputs for node in drawn.graph.nodes}
    ports = iter(port.tensor for port in drawn.graph.inputs)
    for node in model.graph.node:
        if node.op_type != "QuantizeLinear":
            continue
        layer = node.name.rsplit("/", 1)[0]
        if not node.name:
            made[node.output[0]] = next(ports)
        elif len(tensors[layer]) == 1:
            made[node.output[0]] = tensors[layer][0]
    del model.graph.output[:]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in made)
    found = session(model.SerializeToString()).run(None, drawn.samples)
    return {
        tensor: in_order(values, drawn.trace.values[tensor])
        for tensor, values in zip(made.values(), found, strict=True)
    }


def in_order(values, ours):
    """Channels last, whichever of the two orders is meant."""
    orders = [values, np.moveaxis(values, 1, -1)]
    fitting = [held for held in orders if held.shape == ours.shape]
    return min(fitting, key=lambda held: int((held.astype(int) != ours).sum())).astype(ours.dtype)


@pytest.mark.parametrize("bits", ["w8a8", "w8a16"])
@pytest.mark.parametrize("name", NETWORKS)
def test_each_layer_of_pairs_is_within_a_unit_on_equal_inputs(name, bits):
    drawn = case(name, bits)
    theirs = by_layer(written(drawn, Form.PAIRS), drawn)
    for layer, items in drawn.program.by_layer.items():
        values = dict(theirs)
        output = drawn.graph.by_name[layer].outputs[0]
        if output not in theirs or not all(
            name in theirs or name in drawn.program.constants or "#" in name
            for item in items
            for name in item.inputs
        ):
            continue
        for item in items:
            values[item.output] = run_instruction(drawn.program, item, values)
        difference = np.abs(values[output].astype(int) - theirs[output])
        assert difference.max() <= 1, layer
        by_lines = any(isinstance(item, Piecewise) for item in items)
        assert (difference > 0).mean() < (0.5 if by_lines else 0.02), layer


@pytest.mark.parametrize("name", ["mobilenet", "mobilenet_v3", "gates"])
def test_pairs_of_4_bits_run(name):
    drawn = case(name, "w4a4")
    data = written(drawn, Form.PAIRS)
    kinds = {constant.data_type for constant in onnx.load_from_string(data).graph.initializer}
    assert onnx.TensorProto.INT4 in kinds
    (theirs,) = session(data).run(None, drawn.samples)
    (ours,) = dequantize_outputs(drawn.program, drawn.graph, drawn.trace)
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", ["mobilenet", "autoencoder"])
@pytest.mark.parametrize("arithmetic", [TFLM, LITERT, POW2], ids=lambda held: held.name)
def test_pairs_take_any_arithmetic(name, arithmetic, tmp_path):
    drawn = case(name, "w8a8", arithmetic=arithmetic)
    data = written(drawn, Form.PAIRS)
    assert_same_layers(drawn.program, read_back(data, tmp_path)[1], widths=True)
    for ours, theirs in zip(
        dequantize_outputs(drawn.program, drawn.graph, drawn.trace),
        session(data).run(None, drawn.samples),
        strict=True,
    ):
        assert np.abs(ours - theirs).max() < 0.1 * np.abs(ours).max()


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("net", ["kws", "ic"])
def test_an_unsigned_file_stays_unsigned(net, form, tmp_path):
    path = existing(f"{net}/onnx_ort_quant/{net}_qop_u8u8_pt.onnx")
    graph = prepare(read_model(path))
    program = lower(graph, {}, file_scheme(graph), ONNX)
    inputs = np.load(existing(f"{net}/golden_onnx/q_{net}_qop_u8u8_pt.npz"))["inputs"][:8]
    drawn = Case(graph, {graph.inputs[0].name: inputs}, program)
    data = written(drawn, form)
    (expected,) = dequantize_outputs(program, graph, drawn.trace)
    np.testing.assert_array_equal(expected, session(data).run(None, drawn.samples)[0])
    again, same = read_back(data, tmp_path)
    assert_same_layers(program, same, widths=True)
    assert {held.stored for held in again.found.activations.values()} <= {"uint8", "float32"}


KEPT = {
    "it holds integers": lstm,
    "it keeps a state": stream,
}


@pytest.mark.parametrize("reason", KEPT)
def test_what_onnx_cannot_say_is_refused(reason, tmp_path):
    (tmp_path / "model.tflite").write_bytes(KEPT[reason]().encode())
    graph = prepare(read_model(tmp_path / "model.tflite"))
    program = lower(graph, {}, file_scheme(graph))
    with pytest.raises(UnsupportedError, match=f"cannot be written as ONNX: {reason}"):
        write_quantized(graph, stated(graph, program), Form.PAIRS)
