"""Pairs of QuantizeLinear and DequantizeLinear: who lies on which grid in the end."""

from __future__ import annotations

import numpy as np
import pytest
from onnx import TensorProto

from tests.formats.files import opaque_reasons, read
from tests.formats.quantized.drawing import BIAS, WEIGHT, QuantizedFile
from tinyml_studio.ir.ops import Clip, Concat, Conv, Dense, Requantize
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import unstated_outputs, unstated_weights


def opened(proto, folder):
    """The layers that a person sees."""
    graph = prepare(read(proto, folder))
    assert opaque_reasons(graph) == []
    return graph


def kinds(graph):
    return [node.op.kind for node in graph.nodes]


def grid(graph, tensor):
    held = graph.found.activations[tensor]
    return held.bits, held.scale, held.zero_point


def outputs(graph, kind):
    return [node.outputs[0] for node in graph.nodes if isinstance(node.op, kind)]


def on(bits, scale, zero_point):
    return bits, float(np.float32(scale)), zero_point


def integers(graph, name):
    held, weight = graph.found.weights[name], graph.by_name[name].op.weight
    return np.rint(weight / held.scale.reshape(-1, *[1] * (weight.ndim - 1)))


@pytest.mark.parametrize("opset", [10, 13, 19, 21])
def test_a_convolution_between_two_pairs(tmp_path, opset):
    file = QuantizedFile(3, 8, 8, opset=opset)
    y = file.conv(file.pair(file.x, 0.05, 3), 0.05)
    graph = opened(file.proto(file.pair(y, 0.1, 200, "uint8")), tmp_path)
    assert kinds(graph) == ["Conv"]
    assert grid(graph, graph.inputs[0].tensor) == on(8, 0.05, 3)
    assert graph.found.activations[graph.inputs[0].tensor].stored == "float32"
    assert grid(graph, graph.outputs[0].tensor) == on(8, 0.1, 72)
    held = graph.found.weights["conv"]
    np.testing.assert_array_equal(held.bias, BIAS)
    np.testing.assert_array_equal(integers(graph, "conv"), np.moveaxis(WEIGHT, 1, -1))
    assert graph.found.remarks == ()


@pytest.mark.parametrize(("low", "high"), [(0.0, np.inf), (0.0, 6.0), (-1.0, 1.0)])
def test_a_limit_in_front_of_the_pair_belongs_to_the_layer(tmp_path, low, high):
    file = QuantizedFile(3, 8, 8)
    y = file.conv(file.pair(file.x, 0.05, 3), 0.05)
    limits = [np.float32(low), np.float32(min(high, np.finfo(np.float32).max))]
    graph = opened(file.proto(file.pair(file.add("Clip", y, *limits), 0.1, 9)), tmp_path)
    assert kinds(graph) == ["Conv"]
    assert graph.nodes[0].op.clamp.low == low
    assert graph.nodes[0].op.clamp.high == high
    assert grid(graph, graph.outputs[0].tensor) == on(8, 0.1, 9)


@pytest.mark.parametrize(("scale", "left"), [(0.1, ["Conv"]), (0.05, ["Conv", "Relu"])])
def test_a_limit_behind_a_pair_joins_the_layer_on_the_same_grid_only(tmp_path, scale, left):
    file = QuantizedFile(3, 8, 8)
    y = file.pair(file.conv(file.pair(file.x, 0.05, 3), 0.05), 0.1, -128)
    graph = opened(file.proto(file.pair(file.add("Relu", y), scale, -128)), tmp_path)
    assert kinds(graph) == left
    assert grid(graph, graph.outputs[0].tensor) == on(8, scale, -128)


def test_one_grid_read_by_several(tmp_path):
    file = QuantizedFile(3, 8, 8)
    q = file.quantize(file.x, 0.05, 3)
    first = file.conv(file.dequantize(q, 0.05, 3), 0.05, name="first")
    again = file.dequantize(q, 0.05, 3)
    second = file.conv(again, 0.05, name="second")
    third = file.conv(again, 0.05, name="third")
    total = file.add("Sum", *(file.pair(y, 0.1) for y in (first, second, third)))
    graph = opened(file.proto(file.pair(total, 0.2)), tmp_path)
    weighted = [node for node in graph.nodes if isinstance(node.op, Conv)]
    assert len({node.inputs[0] for node in weighted}) == 1
    assert all(graph.found.weights[node.name].bias is not None for node in weighted)
    assert graph.found.remarks == ()


def test_two_grids_on_one_tensor_are_the_widest_and_a_change(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.conv(file.pair(file.x, 0.05), 0.05)
    narrow, wide = file.pair(y, 0.01, 5), file.pair(y, 0.1, 7)
    graph = opened(file.proto(narrow, wide), tmp_path)
    assert kinds(graph) == ["Conv", "Requantize"]
    assert grid(graph, outputs(graph, Conv)[0]) == on(8, 0.1, 7)
    assert grid(graph, outputs(graph, Requantize)[0]) == on(8, 0.01, 5)
    assert "several grids" in graph.found.remarks[0]


def test_a_tensor_that_is_quantized_for_some_readers_only_is_said(tmp_path):
    file = QuantizedFile(4, 8, 8)
    x = file.pair(file.x, 0.05)
    y = file.add("Conv", x, file.weights(np.ones((4, 4, 1, 1)), 0.01), name="conv")
    total = file.add("Add", file.pair(y, 0.1), y, name="sum")
    pooled = file.add("MaxPool", y, kernel_shape=[2, 2])
    graph = opened(file.proto(file.pair(total, 0.2), file.pair(pooled, 0.1)), tmp_path)
    (remark,) = graph.found.remarks
    assert "is read in real numbers by sum, and quantized for others" in remark


def test_a_pair_on_another_grid_behind_a_pair_is_a_change(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.pair(file.pair(file.x, 0.05, 3), 0.02, -7, "int8")
    graph = opened(file.proto(y), tmp_path)
    assert kinds(graph) == ["Requantize"]
    assert grid(graph, graph.outputs[0].tensor) == on(8, 0.02, -7)


MOVES = {
    "reshape": lambda f, x: f.add("Reshape", x, np.array([0, 0, 4, 16])),
    "transpose": lambda f, x: f.add("Transpose", x, perm=[0, 1, 3, 2]),
    "max pool": lambda f, x: f.add("MaxPool", x, kernel_shape=[2, 2]),
    "slice": lambda f, x: f.add("Slice", x, np.array([1]), np.array([7]), np.array([2])),
    "split": lambda f, x: f.add("Split", x, outputs=2, axis=3)[0],
    "pad": lambda f, x: f.add("Pad", x, np.array([0, 0, 1, 1, 0, 0, 1, 1])),
    "identity": lambda f, x: f.add("Identity", x),
    "nearest": lambda f, x: f.add("Resize", x, "", np.array([1, 1, 2, 2], np.float32)),
    "reflection": lambda f, x: f.add("Pad", x, np.array([0, 0, 1, 1, 0, 0, 1, 1]), mode="reflect"),
}


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_grid_goes_with_what_is_only_moved(tmp_path, move):
    file = QuantizedFile(3, 8, 8, opset=13)
    y = file.conv(move(file, file.pair(file.x, 0.05, 3)), 0.05)
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    np.testing.assert_array_equal(graph.found.weights["conv"].bias, BIAS)
    layer = next(node for node in graph.nodes if isinstance(node.op, Conv))
    assert grid(graph, layer.inputs[0]) == on(8, 0.05, 3)


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_a_grid_reaches_back_through_what_is_only_moved(tmp_path, move):
    file = QuantizedFile(3, 8, 8, opset=13)
    y = file.conv(file.pair(file.x, 0.05, 3), 0.05, pads=[1, 1, 1, 1])
    y = move(file, y)
    graph = opened(file.proto(file.pair(y, 0.1, 9)), tmp_path)
    assert grid(graph, outputs(graph, Conv)[0]) == on(8, 0.1, 9)
    assert unstated_outputs(graph) == ()


@pytest.mark.parametrize("move", MOVES.values(), ids=MOVES)
def test_another_grid_behind_a_move_is_a_change(tmp_path, move):
    file = QuantizedFile(3, 8, 8, opset=13)
    y = file.pair(move(file, file.pair(file.x, 0.05, 3)), 0.1, 9)
    graph = opened(file.proto(y), tmp_path)
    assert kinds(graph)[-1] == "Requantize"
    assert grid(graph, graph.outputs[0].tensor) == on(8, 0.1, 9)


def test_what_is_joined_is_made_on_the_grid_of_the_whole(tmp_path):
    file = QuantizedFile(3, 8, 8)
    x = file.pair(file.x, 0.05, 3)
    parts = [file.conv(x, 0.05, name=name) for name in ("first", "second")]
    graph = opened(file.proto(file.pair(file.add("Concat", *parts, axis=1), 0.1, 9)), tmp_path)
    assert [grid(graph, tensor) for tensor in outputs(graph, Conv | Concat)] == [on(8, 0.1, 9)] * 3


def test_a_constant_operand_keeps_its_grid(tmp_path):
    file = QuantizedFile(4, 6, 6)
    factors = file.weights(np.arange(4).reshape(4, 1, 1) * 20, 0.03, 5)
    y = file.add("Mul", file.pair(file.x, 0.05), factors)
    y = file.add("Conv", file.pair(y, 0.1), np.ones((2, 4, 1, 1), np.float32))
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    (name,) = graph.constants
    assert grid(graph, name) == on(8, 0.03, 5)
    steps = np.rint(graph.constants[name].reshape(-1) / np.float32(0.03)) + 5
    np.testing.assert_array_equal(steps, np.arange(4) * 20)


@pytest.mark.parametrize("kind", ["int8", "uint8", "int4", "uint4"])
@pytest.mark.parametrize("form", ["dequantized", "quantized here"])
def test_weights_of_every_type_and_zero_point(tmp_path, kind, form):
    bits, low = int(kind.lstrip("uint")), 0 if kind.startswith("u") else None
    low = -(1 << (bits - 1)) if low is None else low
    stored = np.random.default_rng(3).integers(low, low + (1 << bits), (5, 12))
    stored[0, :2] = low, low + (1 << bits) - 1
    zero = low + 3
    file = QuantizedFile(12, opset=21)
    if form == "dequantized":
        weight = file.weights(stored, 0.02, zero, kind)
    else:
        real = ((stored - zero) * 0.02).astype(np.float32)
        weight = file.pair(file.constant(real), 0.02, zero, kind)
    y = file.add("Gemm", file.pair(file.x, 0.05), weight, transB=1, name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    held = graph.found.weights["dense"]
    np.testing.assert_array_equal(integers(graph, "dense"), stored - zero)
    assert (held.bits, held.type.bits, held.stored) == (bits, bits + 1, kind)
    assert held.zero_point.tolist() == [zero]
    np.testing.assert_array_equal(held.bias, np.zeros(5))


@pytest.mark.parametrize(
    ("op", "shape", "axis"), [("Gemm", (12, 5), 1), ("Gemm", (12, 5), -1), ("MatMul", (12, 5), 1)]
)
def test_scales_along_the_output_channels(tmp_path, op, shape, axis):
    file = QuantizedFile(12)
    stored = np.random.default_rng(3).integers(-127, 128, shape)
    scales = np.arange(1, 6, dtype=np.float32) / 100
    weight = file.weights(stored, scales, [0] * 5, axis=axis)
    y = file.add(op, file.pair(file.x, 0.05), weight, name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    np.testing.assert_array_equal(graph.found.weights["dense"].scale, scales.astype(np.float64))
    np.testing.assert_array_equal(integers(graph, "dense"), stored.T)


@pytest.mark.parametrize("several", [False, True])
def test_weights_that_are_transposed_first(tmp_path, several):
    file = QuantizedFile(12)
    stored = np.random.default_rng(3).integers(-127, 128, (5, 12))
    scales = np.arange(1, 6, dtype=np.float32) / 100 if several else np.float32(0.03)
    weight = file.weights(stored, scales, [0] * 5 if several else 0, axis=0)
    y = file.add("MatMul", file.pair(file.x, 0.05), file.add("Transpose", weight), name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    np.testing.assert_array_equal(integers(graph, "dense"), stored)


def test_scales_along_the_inputs_are_no_grid_of_a_layer(tmp_path):
    file = QuantizedFile(12)
    stored = np.random.default_rng(3).integers(-127, 128, (12, 5))
    weight = file.weights(stored, np.full(12, 0.1, np.float32), [0] * 12, axis=0)
    y = file.add("Gemm", file.pair(file.x, 0.05), weight, name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    assert unstated_weights(graph) == ("dense",)


def test_a_missing_zero_point_is_0(tmp_path):
    file = QuantizedFile(12)
    weight = file.weights(np.ones((12, 5)), 0.1, None)
    q = file.add("QuantizeLinear", file.x, np.float32(0.05))
    y = file.add("Gemm", file.dequantize(q, 0.05, None), weight, name="dense")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    assert grid(graph, graph.inputs[0].tensor) == on(8, 0.05, -128)
    assert graph.found.weights["dense"].zero_point is None


def test_a_bias_in_other_steps_is_rounded_anew_and_said(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.conv(file.pair(file.x, 0.06, 3), 0.05)
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    assert graph.found.weights["conv"].bias is None
    assert "the bias of conv" in graph.found.remarks[0]
    np.testing.assert_allclose(graph.nodes[0].op.bias, BIAS * 0.05 * 0.01, rtol=1e-6)


@pytest.mark.parametrize(("scale", "said"), [(0.1, "by up to 0.025 of its steps"), (0.01, "")])
def test_a_real_bias_stays_one_and_is_said_where_it_counts(tmp_path, scale, said):
    file = QuantizedFile(12)
    bias = np.linspace(-1, 1, 5).astype(np.float32)
    y = file.add(
        "Gemm", file.pair(file.x, 0.05), file.weights(np.ones((12, 5)), scale), bias, name="d"
    )
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    assert graph.found.weights["d"].bias is None
    np.testing.assert_array_equal(graph.by_name["d"].op.bias, bias)
    assert len(graph.found.remarks) == bool(said)
    assert all(said in remark for remark in graph.found.remarks)


@pytest.mark.parametrize("kind", ["int4", "uint4", "int16", "uint16", "int8", "uint8"])
@pytest.mark.parametrize("domain", ["", "com.microsoft"])
def test_activations_of_every_width(tmp_path, kind, domain):
    file = QuantizedFile(3, 8, 8, opset=21 if not domain else 13)
    file.domain = domain
    bits = int(kind.lstrip("uint"))
    offset = 1 << (bits - 1) if kind.startswith("u") else 0
    y = file.conv(file.pair(file.x, 0.05, offset + 2, kind), 0.05)
    graph = opened(file.proto(file.pair(y, 0.1, offset - 1, kind)), tmp_path)
    assert grid(graph, graph.inputs[0].tensor) == on(bits, 0.05, 2)
    assert grid(graph, graph.outputs[0].tensor) == on(bits, 0.1, -1)
    assert graph.found.activations[graph.outputs[0].tensor].stored == kind
    np.testing.assert_array_equal(graph.found.weights["conv"].bias, BIAS)


@pytest.mark.parametrize("moved", [False, True])
def test_integers_at_both_ends(tmp_path, moved):
    shape = (8, 8, 3) if moved else (3, 8, 8)
    file = QuantizedFile(*shape, element=TensorProto.UINT8)
    x = file.add("Transpose", file.x, perm=[0, 3, 1, 2]) if moved else file.x
    y = file.quantize(file.conv(file.dequantize(x, 0.05, 131, "uint8"), 0.05), 0.1, 9)
    graph = opened(file.proto(y, element=TensorProto.INT8), tmp_path)
    assert kinds(graph) == ["Conv"]
    assert graph.found.activations[graph.inputs[0].tensor].stored == "uint8"
    assert grid(graph, graph.inputs[0].tensor) == on(8, 0.05, 3)
    assert grid(graph, graph.outputs[0].tensor) == on(8, 0.1, 9)
    assert graph.outputs[0].name == y


def test_a_real_region_is_named(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.pair(file.conv(file.pair(file.x, 0.05), 0.05), 0.1)
    real = np.random.default_rng(1).normal(size=(2, 4, 1, 1)).astype(np.float32)
    y = file.add("LeakyRelu", file.add("Conv", y, real, name="real"), name="leaky")
    y = file.add("Conv", file.pair(y, 0.2), real[:, :2], name="last")
    graph = opened(file.proto(y), tmp_path)
    assert unstated_outputs(graph) == ("real", "last")
    assert unstated_weights(graph) == ("real", "last")


def test_a_float_file_states_nothing(tmp_path):
    file = QuantizedFile(3, 8, 8)
    assert opened(file.proto(file.add("Relu", file.x)), tmp_path).found is None


def test_integers_read_with_other_parameters_are_refused(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.dequantize(file.quantize(file.x, 0.05, 3), 0.06, 3)
    graph = read(file.proto(y), tmp_path)
    assert "was made with scale 0.05 and zero point 3" in opaque_reasons(graph)[0]


def test_computing_with_integers_is_refused(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.add("Relu", file.quantize(file.x, 0.05, 3))
    graph = read(file.proto(file.dequantize(y, 0.05, 3)), tmp_path)
    assert "it computes with a quantized tensor's integers" in opaque_reasons(graph)


def test_a_clip_between_two_grids_has_its_own(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.pair(file.add("Relu", file.pair(file.x, 0.05, 3)), 0.02, -128)
    graph = opened(file.proto(y), tmp_path)
    (layer,) = graph.nodes
    assert isinstance(layer.op, Clip)
    assert grid(graph, layer.outputs[0]) == on(8, 0.02, -128)


def test_a_dense_layer_reads_the_rows_of_a_sequence(tmp_path):
    file = QuantizedFile(6, 12)
    y = file.add("Reshape", file.pair(file.x, 0.05), np.array([-1, 12]))
    y = file.add("Gemm", y, file.weights(np.ones((12, 5)), 0.1), name="dense")
    y = file.add("Reshape", file.pair(y, 0.1), np.array([-1, 6, 5]))
    graph = opened(file.proto(y), tmp_path)
    assert len(outputs(graph, Dense)) == 1
    assert grid(graph, outputs(graph, Dense)[0]) == on(8, 0.1, 0)
    np.testing.assert_array_equal(graph.found.weights["dense"].bias, np.zeros(5))


@pytest.mark.parametrize(("zero", "low", "high"), [(0, 0.0, 25.5), (255, -25.5, 0.0)])
def test_a_grid_that_begins_at_0_stands_for_the_relu_that_a_quantizer_dropped(
    tmp_path, zero, low, high
):
    file = QuantizedFile(3, 8, 8)
    y = file.conv(file.pair(file.x, 0.05), 0.05)
    graph = opened(file.proto(file.pair(y, 0.1, zero, "uint8")), tmp_path)
    clamp = graph.nodes[0].op.clamp
    assert (clamp.low, clamp.high) == pytest.approx((low, high))


def test_any_other_grid_limits_nothing(tmp_path):
    file = QuantizedFile(3, 8, 8)
    y = file.conv(file.pair(file.x, 0.05), 0.05)
    graph = opened(file.proto(file.pair(y, 0.1, 1, "uint8")), tmp_path)
    assert not graph.nodes[0].op.clamp


def test_a_transposed_convolution_keeps_its_integers(tmp_path):
    file = QuantizedFile(3, 4, 4)
    stored = np.random.default_rng(3).integers(-127, 128, (3, 5, 2, 2))
    weight = file.weights(stored, np.full(5, 0.01, np.float32), [0] * 5, axis=1)
    steps = np.full(5, np.float32(0.05) * np.float32(0.01))
    bias = file.weights(np.arange(5), steps, [0] * 5, "int32", axis=0)
    y = file.add("ConvTranspose", file.pair(file.x, 0.05), weight, bias, strides=[2, 2], name="up")
    graph = opened(file.proto(file.pair(y, 0.1)), tmp_path)
    np.testing.assert_array_equal(integers(graph, "up"), np.moveaxis(stored, (1, 0), (0, -1)))
    np.testing.assert_array_equal(graph.found.weights["up"].bias, np.arange(5))
