"""Networks between moves of pixels to the batch and back."""

from __future__ import annotations

import numpy as np

from tests.formats.tflite.case_builders import IN, OUT, RELU, Case, int32
from tests.formats.tflite.flatbuffers_encoder import Scalar, Vector

SMALL = {"scale": 0.3, "zero": -30}
IMAGE, BLOCK, PADS = (1, 7, 9, 4), (3, 2), ((1, 1), (2, 1))
APART = (6, 3, 6, 4)


def moved(case, source, grid=None, block=BLOCK, pads=PADS, shape=APART):
    """Pixels of a tensor in the batch."""
    target = case.activation(shape, **(grid or IN))
    operands = [source, case.file.integers(block), case.file.integers(pads)]
    case.file.operator("SPACE_TO_BATCH_ND", operands, [target], {})
    return target


def moved_back(case, source, shape, crops, *, grid=None, block=BLOCK):
    """The network ends with the pixels of a tensor where they belong."""
    operands = [source, case.file.integers(block), case.file.integers(crops)]
    return case.end("BATCH_TO_SPACE_ND", operands, shape, {}, **(grid or SMALL))


def layer(case, source, kind, padding, shape, *, dilation=1, strides=1, kernel=(3, 2)):
    """A convolution with 4 filters, or with 4 channels, in front of an output of a shape."""
    depthwise = kind == "DEPTHWISE_CONV_2D"
    weights = (1, *kernel, 4) if depthwise else (4, *kernel, 4)
    _, *held = case.layer(weights, 3 if depthwise else 0)
    made = case.activation(shape, **SMALL)
    fields = [padding, strides, strides, *([1] if depthwise else []), 0, 1, dilation]
    options = {number: int32(value) for number, value in enumerate(fields)}
    options[0] = Scalar("i1", padding)
    options[4 if depthwise else 3] = RELU
    case.file.operator(kind, [source, *held], [made], options)
    return made


def function_of_padding():
    """Where it pads, the function of zero stands."""
    case = Case(IMAGE)
    made = case.activation(APART, **OUT)
    case.file.operator("EXP", [moved(case, case.x)], [made])
    return moved_back(case, made, (1, 9, 12, 4), ((0, 0), (0, 0)), grid=OUT)


def convolutions(kind="int8"):
    """Two that follow each other, of which one pads every sample of its own, and a function."""
    case = Case(IMAGE, kind)
    first = layer(case, moved(case, case.x), "CONV_2D", 0, APART)
    bent = case.activation(APART, **SMALL)
    case.file.operator("HARD_SWISH" if kind == "int8" else "RELU", [first], [bent])
    second = layer(case, bent, "DEPTHWISE_CONV_2D", 1, (6, 1, 6, 4), dilation=2, kernel=(2, 1))
    return moved_back(case, second, (1, 2, 9, 4), ((1, 0), (1, 2)))


def alone():
    """A move back that cuts more than was padded."""
    case = Case(IMAGE)
    return moved_back(case, moved(case, case.x), (1, 5, 8, 4), ((3, 1), (2, 2)), grid=IN)


def branches():
    """Two moves that meet in a sum, a product with a constant, and a joint of channels."""
    case = Case(IMAGE)
    other = case.activation((1, 9, 12, 4), **IN)
    case.file.inputs.append(other)
    first, second = moved(case, case.x), moved(case, other, pads=((0, 0), (0, 0)))
    total, scaled = case.activation(APART, **OUT), case.activation(APART, **OUT)
    case.file.operator("ADD", [first, second], [total], {0: RELU})
    held = case.file.tensor((1, 1, 1, 4), data=[[[[-90, 5, 60, 127]]]], scale=0.03, zero=11)
    case.file.operator("MUL", [held, total], [scaled], {0: Scalar("i1", 0)})
    joint = case.activation((6, 3, 6, 8), **OUT)
    case.file.operator("CONCATENATION", [scaled, total], [joint], {0: int32(3)})
    return moved_back(case, joint, (1, 7, 9, 8), PADS, grid=OUT)


def sequence():
    """Two convolutions of a sequence with a function between, as networks over time have them."""
    case = Case((1, 11, 4))
    source = moved(case, case.x, block=(2,), pads=((4, 3),), shape=(2, 9, 4))
    wide = case.activation((2, 1, 9, 4), **IN)
    case.file.operator("EXPAND_DIMS", [source, case.file.integers(1)], [wide])
    first = layer(case, wide, "CONV_2D", 1, (2, 1, 7, 4), kernel=(1, 3))
    thin, bent = (case.activation((2, 7, 4), **SMALL) for _ in range(2))
    case.file.operator("SQUEEZE", [first], [thin], {0: Vector(np.array([1], "<i4"))})
    case.file.operator("HARD_SWISH", [thin], [bent])
    tall = case.activation((2, 7, 1, 4), **SMALL)
    case.file.operator("RESHAPE", [bent, case.file.integers((2, 7, 1, 4))], [tall], {})
    second = layer(case, tall, "DEPTHWISE_CONV_2D", 0, (2, 7, 1, 4), kernel=(3, 1))
    back = case.activation((2, 7, 4), **SMALL)
    case.file.operator("RESHAPE", [second, case.file.integers((2, 7, 4))], [back], {})
    return moved_back(case, back, (1, 11, 4), ((2, 1),), block=(2,))


def strided(kind, padding, strides, size):
    """A convolution with strides, which count pixels of one sample of the batch."""
    case = Case(IMAGE)
    made = layer(case, moved(case, case.x), kind, padding, (6, *size, 4), strides=strides)
    return moved_back(case, made, (1, size[0] * 3, size[1] * 2, 4), ((0, 0), (0, 0)))


MOVE_CASES = {
    "function of pixels in the batch": function_of_padding,
    "convolutions of pixels in the batch": convolutions,
    "convolutions of pixels of 16 bits in the batch": lambda: convolutions("int16"),
    "pixels to the batch and back": alone,
    "branches of pixels in the batch": branches,
    "sequence of convolutions in the batch": sequence,
    "strided convolution in the batch": lambda: strided("CONV_2D", 0, 2, (2, 3)),
    "strided depthwise in the batch": lambda: strided("DEPTHWISE_CONV_2D", 1, 2, (1, 3)),
}
