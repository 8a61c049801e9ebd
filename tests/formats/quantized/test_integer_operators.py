"""Operators on integers: the real operator between the grids that they state."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest
from onnx import TensorProto

from tests.formats.files import opaque_reasons, read
from tests.formats.quantized.drawing import BIAS, KINDS, WEIGHT, QuantizedFile
from tests.formats.quantized.lowered import run_integers
from tests.formats.quantized.processor import need_exact_products
from tinyml_studio.ir import ops
from tinyml_studio.passes.prepare import prepare

MICROSOFT = "com.microsoft"


def scale(value):
    return np.float32(value)


class IntegerFile(QuantizedFile):
    """A file of operators on integers of one type; every input and output is an integer."""

    def __init__(self, *shape, kind="int8", **options):
        self.kind, self.offset = kind, 128 if kind == "uint8" else 0
        super().__init__(*shape, element=KINDS[kind], **options)

    def grid(self, value, zero):
        return [scale(value), self.typed(zero + self.offset, self.kind)]

    def integer(self, op, *operands, domain=MICROSOFT, **attributes):
        return self.add(op, *operands, domain=domain, **attributes)


def conv(kind):
    f = IntegerFile(3, 8, 8, kind=kind)
    weight = [f.typed(WEIGHT, "int8"), scale(0.01), f.typed(0, "int8")]
    operands = [f.x, *f.grid(0.05, 3), *weight, *f.grid(0.5, -9), BIAS]
    return f, f.integer("QLinearConv", *operands, domain="", strides=[2, 2], name="layer")


def conv_per_channel(kind):
    f = IntegerFile(3, 8, 8, kind=kind)
    scales = np.array([0.01, 0.02, 0.005, 0.03], np.float32)
    weight = [f.typed(WEIGHT, "int8"), scales, f.typed([0] * 4, "int8")]
    operands = [f.x, *f.grid(0.05, 3), *weight, *f.grid(0.5, -9)]
    return f, f.integer("QLinearConv", *operands, domain="", pads=[1, 1, 1, 1], name="layer")


def conv_of_scales(kind, scales, zeros):
    f = IntegerFile(3, 8, 8, kind=kind)
    weight = [f.typed(WEIGHT, "int8"), np.array(scales, np.float32), f.typed(zeros, "int8")]
    operands = [f.x, *f.grid(0.05, 3), *weight, *f.grid(0.5, -9)]
    return f, f.integer("QLinearConv", *operands, domain="", name="layer")


def matmul_of_rows(kind):
    f = IntegerFile(6, 12, kind=kind)
    weight = f.typed(np.random.default_rng(2).integers(-127, 128, (12, 3)), "int8")
    scales = np.array([[0.01, 0.02, 0.005]], np.float32)
    operands = [f.x, *f.grid(0.05, 3), weight, scales, f.typed([[0, 0, 0]], "int8")]
    return f, f.integer("QLinearMatMul", *operands, *f.grid(0.3, -9), domain="", name="layer")


def conv_around_zero_point(kind):
    f = IntegerFile(3, 8, 8, kind=kind)
    stored = WEIGHT.astype(np.int64) + f.offset
    weight = [f.typed(stored, kind), scale(0.01), f.typed(f.offset - 38, kind)]
    operands = [f.x, *f.grid(0.05, 3), *weight, *f.grid(0.7, -9), BIAS]
    return f, f.integer("QLinearConv", *operands, domain="", name="layer")


def matmul(kind):
    f = IntegerFile(6, 12, kind=kind)
    weight = np.random.default_rng(2).integers(-127, 128, (12, 5))
    operands = [f.x, *f.grid(0.05, 3), f.typed(weight, "int8"), scale(0.01), f.typed(0, "int8")]
    return f, f.integer("QLinearMatMul", *operands, *f.grid(0.3, -9), domain="", name="layer")


def gemm(kind, turned=0):
    f = IntegerFile(12, kind=kind)
    weight = np.random.default_rng(2).integers(-127, 128, (5, 12) if turned else (12, 5))
    scales = np.arange(1, 6, dtype=np.float32) / 300
    operands = [f.x, *f.grid(0.05, 3), f.typed(weight, "int8"), scales, f.typed([0] * 5, "int8")]
    bias = np.arange(5, dtype=np.int32) * 300 - 600
    y = f.integer(
        "QGemm", *operands, bias, *f.grid(0.2, -9), transB=turned, alpha=1.0, name="layer"
    )
    return f, y


def gemm_scaled(kind):
    f = IntegerFile(12, kind=kind)
    weight = f.typed(np.random.default_rng(2).integers(-127, 128, (12, 5)), "int8")
    operands = [f.x, *f.grid(0.05, 3), weight, scale(0.02), f.typed(0, "int8")]
    bias = np.arange(5, dtype=np.int32) * 300 - 600
    return f, f.integer("QGemm", *operands, bias, *f.grid(0.2, -9), alpha=0.3, name="layer")


def repeated_first(kind, constant, shape):
    """A sum whose first operand has one value for a row of the second; many results are ties."""
    f = IntegerFile(*((3, 4, 6) if constant else shape), kind=kind)
    if constant:
        stored = np.random.default_rng(2).integers(-128, 128, shape) + f.offset
        first, second = f.typed(stored, kind), f.x
    else:
        first, second = f.x, f.input(3, 4, 6, element=KINDS[kind])
    grids = f.grid(0.05, 3), f.grid(0.05, -7)
    return f, f.integer("QLinearAdd", first, *grids[0], second, *grids[1], *f.grid(0.06, 5))


def binary(kind, op):
    f = IntegerFile(4, 6, kind=kind)
    other = f.input(4, 6, element=KINDS[kind])
    return f, f.integer(op, f.x, *f.grid(0.05, 3), other, *f.grid(0.02, -7), *f.grid(0.1, 5))


def binary_constant(kind, op):
    f = IntegerFile(4, 6, kind=kind)
    constant = f.typed(np.arange(6) * 7 + f.offset // 2, kind)
    return f, f.integer(op, f.x, *f.grid(0.05, 3), constant, *f.grid(0.02, -7), *f.grid(0.1, 5))


def concat(kind):
    f = IntegerFile(4, 6, kind=kind)
    other = f.input(4, 2, element=KINDS[kind])
    parts = [f.x, *f.grid(0.05, 3), other, *f.grid(0.02, -7)]
    return f, f.integer("QLinearConcat", *f.grid(0.06, 5), *parts, axis=2)


def average_pool(kind):
    f = IntegerFile(3, 8, 8, kind=kind)
    operands = [f.x, *f.grid(0.05, 3), *f.grid(0.02, -7)]
    return f, f.integer("QLinearAveragePool", *operands, kernel_shape=[2, 2], strides=[2, 2])


def global_average_pool(kind):
    f = IntegerFile(3, 8, 8, kind=kind)
    return f, f.integer("QLinearGlobalAveragePool", f.x, *f.grid(0.05, 3), *f.grid(0.02, -7))


def softmax(kind, step=1 / 256):
    f = IntegerFile(10, kind=kind)
    operands = [f.x, *f.grid(0.05, 3), *f.grid(step, -128)]
    return f, f.integer("QLinearSoftmax", *operands, axis=-1, opset=13)


def sigmoid(kind):
    f = IntegerFile(10, kind=kind)
    return f, f.integer("QLinearSigmoid", f.x, *f.grid(0.05, 3), *f.grid(1 / 256, -128))


def sigmoid_around_zero(kind):
    f = IntegerFile(10, kind=kind)
    return f, f.integer("QLinearSigmoid", f.x, scale(0.05), "", *f.grid(1 / 256, -128))


def leaky_relu(kind):
    f = IntegerFile(10, kind=kind)
    operands = [f.x, *f.grid(0.05, 3), *f.grid(0.04, -20)]
    return f, f.integer("QLinearLeakyRelu", *operands, alpha=0.2)


CASES = {
    "conv": (conv, ops.Conv),
    "conv per channel": (conv_per_channel, ops.Conv),
    "conv around a zero point": (conv_around_zero_point, ops.Conv),
    "conv of several scales and one zero point": (
        lambda kind: conv_of_scales(kind, [0.01, 0.02, 0.005, 0.03], [0]),
        ops.Conv,
    ),
    "conv of one scale and several zero points": (
        lambda kind: conv_of_scales(kind, 0.01, [0, 0, 0, 0]),
        ops.Conv,
    ),
    "matmul of scales in a row": (matmul_of_rows, ops.Dense),
    "matmul": (matmul, ops.Dense),
    "gemm": (gemm, ops.Dense),
    "gemm turned": (lambda kind: gemm(kind, 1), ops.Dense),
    "add": (lambda kind: binary(kind, "QLinearAdd"), ops.Add),
    "mul": (lambda kind: binary(kind, "QLinearMul"), ops.Mul),
    "add constant": (lambda kind: binary_constant(kind, "QLinearAdd"), ops.Add),
    "mul constant": (lambda kind: binary_constant(kind, "QLinearMul"), ops.Mul),
    "concat": (concat, ops.Concat),
    "average pool": (average_pool, ops.AveragePool),
    "global average pool": (global_average_pool, ops.Mean),
    "softmax": (softmax, ops.Softmax),
    "softmax in steps of 1/255": (lambda kind: softmax(kind, 1 / 255), ops.Softmax),
    "softmax in steps of 1/300.5": (lambda kind: softmax(kind, 1 / 300.5), ops.Softmax),
    "gemm times alpha": (gemm_scaled, ops.Dense),
    "add of one number first": (lambda kind: repeated_first(kind, True, ()), ops.Add),
    "add of channels first": (lambda kind: repeated_first(kind, True, (3, 1, 1)), ops.Add),
    "add of computed rows first": (lambda kind: repeated_first(kind, False, (1, 4, 1)), ops.Add),
    "add of pixels first": (lambda kind: repeated_first(kind, False, (1, 4, 6)), ops.Add),
    "sigmoid": (sigmoid, ops.Sigmoid),
    "leaky relu": (leaky_relu, ops.LeakyRelu),
    "sigmoid without a zero point": (sigmoid_around_zero, ops.Sigmoid),
}


def of_runtime(proto, feed):
    """What ONNX Runtime makes of the file, nothing rewritten."""
    options = ort.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(proto.SerializeToString(), options)
    return session.run(None, feed)[0]


@pytest.mark.parametrize("kind", ["int8", "uint8"])
@pytest.mark.parametrize("case", CASES)
def test_integers_are_those_of_onnx_runtime(tmp_path, case, kind):
    need_exact_products(kind)
    draw, op = CASES[case]
    file, y = draw(kind)
    proto = file.proto(y, element=KINDS[kind])
    graph = prepare(read(proto, tmp_path))
    assert opaque_reasons(graph) == []
    assert [type(node.op) for node in graph.nodes] == [op]
    random = np.random.default_rng(4)
    signed = [random.integers(-128, 128, (7, *port.shape)) for port in graph.inputs]
    stored = [(values + file.offset).astype(kind) for values in signed]
    feed = {port.name: values for port, values in zip(graph.inputs, stored, strict=True)}
    wanted = of_runtime(proto, feed).astype(np.int64) - file.offset
    np.testing.assert_array_equal(run_integers(graph, signed), wanted)


@pytest.mark.parametrize("move", ["MaxPool", "Reshape", "Transpose", "Concat"])
def test_operators_of_the_standard_move_integers(tmp_path, move):
    need_exact_products("uint8")
    file = IntegerFile(3, 8, 8, kind="uint8", opset=13)
    q = file.x
    if move == "MaxPool":
        q = file.add("MaxPool", q, kernel_shape=[2, 2])
    elif move == "Reshape":
        q = file.add("Reshape", q, np.array([0, 3, 4, 16]))
    elif move == "Transpose":
        q = file.add("Transpose", q, perm=[0, 1, 3, 2])
    else:
        q = file.add("Concat", q, q, axis=3)
    weight = [file.typed(WEIGHT, "int8"), scale(0.01), file.typed(0, "int8")]
    operands = [q, *file.grid(0.05, 3), *weight, *file.grid(0.5, -9), BIAS]
    y = file.integer("QLinearConv", *operands, domain="")
    proto = file.proto(y, element=TensorProto.UINT8)
    graph = prepare(read(proto, tmp_path))
    assert opaque_reasons(graph) == []
    signed = np.random.default_rng(4).integers(-128, 128, (3, 3, 8, 8))
    wanted = of_runtime(proto, {"x0": (signed + 128).astype(np.uint8)}).astype(np.int64) - 128
    np.testing.assert_array_equal(run_integers(graph, [signed]), wanted)


def test_padding_with_the_zero_point_is_that_of_a_convolution(tmp_path):
    file = QuantizedFile(3, 8, 8)
    q = file.quantize(file.x, 0.05, 131, "uint8")
    amounts = np.array([0, 0, 1, 1, 0, 0, 1, 1])
    q = file.add("Pad", q, amounts, file.typed(131, "uint8"))
    y = file.conv(file.dequantize(q, 0.05, 131, "uint8"), 0.05)
    graph = prepare(read(file.proto(file.pair(y, 0.1)), tmp_path))
    (node,) = graph.nodes
    assert node.op.pads == ((1, 1), (1, 1))
    np.testing.assert_array_equal(graph.found.weights["conv"].bias, BIAS)


def test_padding_with_another_integer_is_a_layer_of_its_own(tmp_path):
    file = QuantizedFile(3, 8, 8)
    q = file.quantize(file.x, 0.05, 131, "uint8")
    q = file.add("Pad", q, np.array([0, 0, 1, 1, 0, 0, 1, 1]), file.typed(7, "uint8"))
    y = file.conv(file.dequantize(q, 0.05, 131, "uint8"), 0.05)
    graph = prepare(read(file.proto(file.pair(y, 0.1)), tmp_path))
    assert [type(node.op) for node in graph.nodes] == [ops.Pad, ops.Conv]
    assert graph.nodes[0].op.value == np.float32(np.float32(0.05) * (7 - 131))


@pytest.mark.parametrize("op", ["DynamicQuantizeLinear", "MatMulInteger", "QLinearReduceMean"])
def test_what_is_not_supported_is_refused_by_name(tmp_path, op):
    file = IntegerFile(12, kind="uint8")
    domain = MICROSOFT if op.startswith("QLinear") else ""
    operands = [np.ones((12, 5), np.int8)] if op == "MatMulInteger" else []
    x = file.input(12) if op.startswith("Dynamic") else file.x
    y = file.add(op, x, *operands, outputs=3 if op.startswith("Dynamic") else 1, domain=domain)
    (reason,) = opaque_reasons(read(file.proto(y if isinstance(y, str) else y[0]), tmp_path))
    assert ("dynamic quantization" in reason) or (op in reason)


@pytest.mark.parametrize("move", ["DepthToSpace", "Resize", "Tile"])
def test_integers_are_moved_into_other_places(tmp_path, move):
    file = IntegerFile(4, 4, 4, kind="uint8", opset=13)
    weight = [file.typed(np.ones((4, 4, 1, 1)), "int8"), scale(0.1), file.typed(0, "int8")]
    q = file.integer(
        "QLinearConv", file.x, *file.grid(0.05, 3), *weight, *file.grid(0.3, 5), domain=""
    )
    if move == "DepthToSpace":
        q = file.add("DepthToSpace", q, blocksize=2)
    elif move == "Resize":
        q = file.add("Resize", q, "", np.array([1, 1, 2, 2], np.float32), mode="nearest")
    else:
        q = file.add("Tile", q, np.array([1, 1, 2, 1]))
    proto = file.proto(q, element=TensorProto.UINT8)
    graph = prepare(read(proto, tmp_path))
    assert opaque_reasons(graph) == []
    signed = np.random.default_rng(4).integers(-128, 128, (3, 4, 4, 4))
    wanted = of_runtime(proto, {"x0": (signed + 128).astype(np.uint8)}).astype(np.int64) - 128
    np.testing.assert_array_equal(run_integers(graph, [signed]), wanted)


def test_a_mean_of_integers_by_an_operator_of_the_standard_is_refused(tmp_path):
    file = IntegerFile(4, 4, 4, kind="uint8", opset=13)
    q = file.add("Resize", file.x, "", np.array([1, 1, 2, 2], np.float32), mode="linear")
    graph = read(file.proto(q, element=TensorProto.UINT8), tmp_path)
    assert "it computes with a quantized tensor's integers" in opaque_reasons(graph)
