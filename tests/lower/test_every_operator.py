"""Every operator, at every mix of widths, computes what the float network computes."""

from itertools import product

import numpy as np
import pytest

from tests.lower.networks import conv, conv_transpose, floats, one_layer
from tinyml_studio.arith.profile import ONNX, TFLM
from tinyml_studio.ir import ops
from tinyml_studio.lower.registry import REFUSED, RULES
from tinyml_studio.program.instructions import (
    INSTRUCTIONS,
    FullyConnectedReal,
    ResizeBilinearFloat32,
    Svdf,
)

IMAGE, SEQUENCE, VECTOR = (5, 6, 4), (7, 4), (6,)
PADS = ((0, 1), (1, 0))
ALIGN_CORNERS, HALF_PIXEL = ops.Coordinates.ALIGN_CORNERS, ops.Coordinates.HALF_PIXEL
RELU, RELU6 = ops.Clamp(low=0.0), ops.Clamp(0.0, 6.0)

CASES = {
    "conv": (conv(5, (3, 3), 4), [IMAGE], {}),
    "conv with all attributes": (
        conv(5, (3, 2), 4, strides=(2, 1), pads=PADS, dilations=(1, 2), clamp=RELU),
        [IMAGE],
        {},
    ),
    "grouped": (conv(8, (3, 3), 4, groups=2), [IMAGE], {}),
    "depthwise": (conv(8, (3, 3), 4, groups=4, pads=PADS, clamp=RELU6), [IMAGE], {}),
    "sequence": (conv(5, (3,), 4, strides=(2,), pads=((2, 1),), dilations=(2,)), [SEQUENCE], {}),
    "depthwise sequence": (conv(4, (3,), 4, groups=4), [SEQUENCE], {}),
    "transposed": (
        conv_transpose(6, (3, 2), 4, groups=2, strides=(2, 3), pads=((1, -1), (0, 1)), clamp=RELU),
        [IMAGE],
        {},
    ),
    "transposed sequence": (conv_transpose(3, (4,), 4, strides=(2,)), [SEQUENCE], {}),
    "dense": (ops.Dense(floats(3, 6), floats(3)), [VECTOR], {}),
    "dense per row": (ops.Dense(floats(3, 4), floats(3), RELU), [SEQUENCE], {}),
    "affine": (ops.ChannelAffine(floats(4), floats(4)), [IMAGE], {}),
    "affine vector": (ops.ChannelAffine(floats(6), floats(6), RELU), [VECTOR], {}),
    "relu": (ops.Clip(RELU), [IMAGE], {}),
    "clip": (ops.Clip(ops.Clamp(-0.5, 0.75)), [IMAGE], {}),
    "leaky relu": (ops.LeakyRelu(0.1), [IMAGE], {}),
    "negative leaky relu": (ops.LeakyRelu(-0.4), [IMAGE], {}),
    "prelu": (ops.PRelu(), [IMAGE], {"c": floats(4)}),
    "elu": (ops.Function("Elu"), [IMAGE], {}),
    "silu": (ops.Function("Silu"), [IMAGE], {}),
    "exponential": (ops.Function("Exp"), [IMAGE], {}),
    "absolute value": (ops.Function("Abs"), [IMAGE], {}),
    "cube": (ops.Function("Pow", 3.0), [IMAGE], {}),
    "index of the largest": (ops.ArgMax(2), [IMAGE], {}),
    "index of the smallest": (ops.ArgMax(0, keepdims=True, smallest=True), [SEQUENCE], {}),
    "sum": (ops.Sum((0, 1)), [IMAGE], {}),
    "sum dropped": (ops.Sum((2,), keepdims=False), [IMAGE], {}),
    "prod": (ops.Prod((1,)), [(5, 3, 4)], {}),
    "prod dropped": (ops.Prod((0, 1), keepdims=False), [(2, 2, 5)], {}),
    "hard swish": (ops.HardSwish(), [IMAGE], {}),
    "hard sigmoid": (ops.HardSigmoid(0.3, 0.4), [IMAGE], {}),
    "sigmoid": (ops.Sigmoid(), [IMAGE], {}),
    "tanh": (ops.Tanh(), [IMAGE], {}),
    "log softmax": (ops.LogSoftmax(), [IMAGE], {}),
    "direction": (ops.L2Normalization(), [IMAGE], {}),
    "softmax": (ops.Softmax(2), [IMAGE], {}),
    "softmax of a multiple": (ops.Softmax(2, beta=3.5), [IMAGE], {}),
    "softmax over rows": (ops.Softmax(0), [SEQUENCE], {}),
    "add": (ops.Add(), [IMAGE, IMAGE], {}),
    "add broadcast": (ops.Add(RELU), [IMAGE, (4,)], {}),
    "add constant": (ops.Add(), [IMAGE], {"c": floats(4)}),
    "sub": (ops.Sub(), [IMAGE, IMAGE], {}),
    "sub constant": (ops.Sub(RELU), [IMAGE], {"c": floats(1, 6, 1)}),
    "mul": (ops.Mul(), [IMAGE, IMAGE], {}),
    "mul constant": (ops.Mul(RELU6), [IMAGE], {"c": floats(4)}),
    "div": (ops.Div(RELU), [IMAGE], {"c": np.array([0.7, -1.1, 2.5, 1.4], np.float32)}),
    "squared difference": (ops.SquaredDifference(), [IMAGE, (4,)], {}),
    "maximum": (ops.Maximum(), [IMAGE, (4,)], {}),
    "maximum of a constant": (ops.Maximum(), [IMAGE], {"c": floats(4)}),
    "minimum": (ops.Minimum(), [IMAGE, IMAGE], {}),
    "matmul": (ops.MatMul(), [(3, 5, 4), (3, 4, 6)], {}),
    "matmul of transposed": (ops.MatMul(adj_x=True, adj_y=True), [(4, 5), (2, 6, 4)], {}),
    "matmul with a constant": (ops.MatMul(), [(3, 5, 4)], {"c": floats(3, 4, 6)}),
    "max pool": (ops.MaxPool((2, 2), (2, 2), PADS), [IMAGE], {}),
    "max pool sequence": (ops.MaxPool((2,), (2,), ((1, 0),), RELU), [SEQUENCE], {}),
    "average pool": (ops.AveragePool((3, 2), (2, 1), PADS), [IMAGE], {}),
    "average pool sequence": (ops.AveragePool((3,), (2,), ((1, 1),)), [SEQUENCE], {}),
    "mean": (ops.Mean((0, 1)), [IMAGE], {}),
    "mean dropped": (ops.Mean((1,), keepdims=False), [IMAGE], {}),
    "reshape": (ops.Reshape((30, 4)), [IMAGE], {}),
    "transpose": (ops.Transpose((2, 0, 1)), [IMAGE], {}),
    "concat": (ops.Concat(2), [IMAGE, (5, 6, 2)], {}),
    "split": (ops.Split(2, (1, 3)), [IMAGE], {}),
    "slice": (ops.Slice((4, 1, 0), (3, 2, 4), (-2, 2, 1)), [IMAGE], {}),
    "gather": (ops.Gather(((0, 0, 4), (5, 1), (3, 0, 0))), [IMAGE], {}),
    "resize": (ops.ResizeBilinear((8, 4)), [IMAGE], {}),
    "resize with corners": (ops.ResizeBilinear((9, 11), ALIGN_CORNERS), [IMAGE], {}),
    "resize a sequence": (ops.ResizeBilinear((15,), HALF_PIXEL), [SEQUENCE], {}),
    "requantize": (ops.Requantize(), [IMAGE], {}),
    "lstm": (ops.Lstm(floats(4, 5, 4), floats(4, 5, 5), floats(4, 5)), [SEQUENCE], {}),
    "gru": (
        ops.Gru(floats(3, 5, 4), floats(3, 5, 5), floats(3, 5), floats(3, 5), reset_after=False),
        [SEQUENCE],
        {},
    ),
    "gru reset after": (
        ops.Gru(floats(3, 5, 4), floats(3, 5, 5), floats(3, 5), floats(3, 5), reset_after=True),
        [SEQUENCE],
        {},
    ),
    "stream buffer": (ops.StreamBuffer(0, 3), [IMAGE], {}),
    "pad": (ops.Pad(((1, 0), (0, 2), (0, 0)), -0.5), [IMAGE], {}),
}
UNLIKE_ONNX = (
    ops.Lstm,
    ops.Gru,
    ops.LogSoftmax,
    ops.L2Normalization,
    ops.Prod,
    ops.SquaredDifference,
)
UNLIKE_POWERS = (ops.Prod,)
# decibels that an exact computation exceeds by far and a wrong zero point or scale never reaches
ENOUGH = {4: 9.0, 8: 25.0, 16: 25.0}
ENOUGH_FROM_16_TO_16 = 40.0


@pytest.mark.parametrize("a_out", [4, 8, 16])
@pytest.mark.parametrize("a_in", [4, 8, 16])
@pytest.mark.parametrize("case", CASES)
def test_integers_follow_the_float_layer(case, a_in, a_out):
    op, shapes, constants = CASES[case]
    net = one_layer(op, *shapes, constants=constants)
    inputs = {f"in{i}": f"a{a_in}" for i in range(len(shapes))}
    program = net.lower(**inputs, layer=f"a{a_out}")
    widths = {program.tensors[name].type.bits for name in (*program.inputs, *program.outputs)}
    limit = ENOUGH_FROM_16_TO_16 if widths == {16} else ENOUGH[min(widths)]
    for decibels in net.sqnr(program):
        assert decibels > limit


@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize("case", ["conv", "depthwise", "sequence", "transposed", "dense", "affine"])
def test_weights_of_every_width(case, bits):
    op, shapes, _ = CASES[case]
    net = one_layer(op, *shapes)
    program = net.lower(f"w{bits}a8")
    item = program.instructions[0]
    assert item.weight_type.bits == bits
    assert item.weights.dtype == np.int8
    assert item.weight_type.min <= item.weights.min() <= item.weights.max() <= item.weight_type.max
    assert net.sqnr(program)[0] > (2.0 if bits < 3 else 5.5 * bits - 14)


def test_every_operator_has_a_rule_or_is_refused():
    operators = {kind for kind in ops.Operator.__subclasses__() if kind.__name__ in ops.__all__}
    assert set(RULES) | set(REFUSED) == operators
    assert not set(RULES) & set(REFUSED)


def test_every_operator_is_tried_here():
    # an SVDF takes its ranges from a file: test_recurrent
    assert {type(op) for op, _, _ in CASES.values()} == set(RULES) - {ops.Svdf}


def test_every_instruction_is_produced_by_some_rule():
    made = set()
    for op, shapes, constants in CASES.values():
        net = one_layer(op, *shapes, constants=constants)
        for bits, profile in product(("a8", "a16"), (TFLM, ONNX)):
            if profile is TFLM or not isinstance(op, UNLIKE_ONNX):
                made |= {type(item) for item in net.lower(bits, arithmetic=profile).instructions}
    # of images of unsigned values: tests/formats/tflite/test_resize.py
    assert made == set(INSTRUCTIONS) - {Svdf, FullyConnectedReal, ResizeBilinearFloat32}
