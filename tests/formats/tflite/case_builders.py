"""One small quantized model for every operator that is read."""

from __future__ import annotations

import numpy as np

from tests.formats.tflite.flatbuffers_encoder import Scalar, Vector
from tests.formats.tflite.models import KINDS, ModelFile

RELU, RELU6 = Scalar("i1", 1), Scalar("i1", 3)
IN, OUT = {"scale": 0.05, "zero": 3}, {"scale": 0.07, "zero": -9}


def int32(value):
    return Scalar("<i4", value)


def weights(*shape, seed=1, high=127):
    return np.random.default_rng(seed).integers(-high, high + 1, shape)


class Case:
    """A model with one input in `x`, to which an operator is added.

    8 bits by default; with 16 bits every zero point is 0.
    """

    def __init__(self, shape=(1, 6, 5, 4), kind="int8", **grid):
        self.file, self.kind = ModelFile(), kind
        self.x = self.activation(shape, **(grid or IN))
        self.file.inputs = [self.x]

    def activation(self, shape, *, scale, zero=0, kind=None):
        kind = kind or self.kind
        zero = {"int16": 0, "uint8": zero + 128}.get(kind, zero)
        return self.file.tensor(shape, kind, scale=scale, zero=zero)

    def end(self, kind, inputs, shape, options=None, *, outputs=1, **grid):
        made = [self.activation(shape, **(grid or OUT)) for _ in range(outputs)]
        self.file.operator(kind, inputs, made, options)
        self.file.outputs = made
        return self.file

    def layer(self, shape, axis, *, kind="int8", bias=True, wide=None, per_channel=True, zero=0):
        """Weights and bias of a convolution or fully connected layer."""
        count = shape[axis]
        scale = np.linspace(0.003, 0.02, count) if per_channel else 0.01
        high = 7 if kind == "int4" else 127
        data = weights(*shape, high=high) + (128 if kind == "uint8" else zero)
        made = self.file.tensor(shape, kind, data=data, scale=scale, zero=zero, axis=axis)
        if not bias:
            return [self.x, made]
        wide = wide or ("int64" if self.kind == "int16" else "int32")
        values = np.random.default_rng(2).integers(-3000, 3000, count)
        scales = np.float32(0.05) * np.float32(scale)
        held = self.file.tensor((count,), wide, data=values, scale=scales)
        return [self.x, made, held]


def conv(kind="int8", weight_kind="int8", *, padding=0, strides=(1, 1), dilations=(1, 1), **more):
    case = Case(kind=kind)
    options = {
        0: Scalar("i1", padding),
        1: int32(strides[1]),
        2: int32(strides[0]),
        3: RELU,
        4: int32(dilations[1]),
        5: int32(dilations[0]),
        6: Scalar("i1", KINDS[more.get("wide", "int64")]),
    }
    operands = case.layer((8, 3, 2, 4), 0, kind=weight_kind, **more)
    height = -(-6 // strides[0]) if padding == 0 else (6 - 2 * dilations[0] - 1) // strides[0] + 1
    width = -(-5 // strides[1]) if padding == 0 else (5 - dilations[1] - 1) // strides[1] + 1
    return case.end("CONV_2D", operands, (1, height, width, 8), options, scale=0.3, zero=-30)


def dilated(kind="CONV_2D", crops=((0, 1), (1, 0))):
    """A convolution with a dilation of 2 between moves of pixels to the batch and back."""
    case = Case((1, 6, 5, 4))
    block, pads = case.file.integers((2, 2)), case.file.integers(((1, 1), (1, 2)))
    moved = case.activation((4, 4, 4, 4), **IN)
    case.file.operator("SPACE_TO_BATCH_ND", [case.x, block, pads], [moved], {})
    depthwise = kind == "DEPTHWISE_CONV_2D"
    operands = case.layer((1, 3, 2, 4) if depthwise else (4, 3, 2, 4), 3 if depthwise else 0)
    made = case.activation((4, 2, 3, 4), scale=0.3, zero=-30)
    options = {0: Scalar("i1", 1), 1: int32(1), 2: int32(1), 3: int32(1) if depthwise else RELU}
    case.file.operator(kind, [moved, *operands[1:]], [made], options)
    shape = (1, 4 - sum(crops[0]), 6 - sum(crops[1]), 4)
    inputs = [made, block, case.file.integers(crops)]
    return case.end("BATCH_TO_SPACE_ND", inputs, shape, {}, scale=0.3, zero=-30)


def dilated_sequence(kind="CONV_2D", *, behind=False, crops=(1, 2), reshape=False):
    """The same for a sequence, with an axis of one in front of its time or behind it."""
    case = Case((1, 11, 4))
    block, pads = case.file.integers((2,)), case.file.integers(((4, 3),))
    moved = case.activation((2, 9, 4), **IN)
    case.file.operator("SPACE_TO_BATCH_ND", [case.x, block, pads], [moved], {})

    def image(steps, count=2):
        return (count, steps, 1, 4) if behind else (count, 1, steps, 4)

    wide = case.activation(image(9), **IN)
    if reshape:
        case.file.operator("RESHAPE", [moved, case.file.integers(image(9))], [wide], {})
    else:
        case.file.operator("EXPAND_DIMS", [moved, case.file.integers(2 if behind else 1)], [wide])
    depthwise = kind == "DEPTHWISE_CONV_2D"
    window = (3, 1) if behind else (1, 3)
    shape = (1, *window, 4) if depthwise else (4, *window, 4)
    operands = case.layer(shape, 3 if depthwise else 0)
    made = case.activation(image(7), scale=0.3, zero=-30)
    options = {0: Scalar("i1", 1), 1: int32(1), 2: int32(1), 3: int32(1) if depthwise else RELU}
    case.file.operator(kind, [wide, *operands[1:]], [made], options)
    thin = case.activation((2, 7, 4), scale=0.3, zero=-30)
    axes = {0: Vector(np.array([2 if behind else 1], "<i4"))}
    case.file.operator("SQUEEZE", [made], [thin], axes)
    inputs = [thin, block, case.file.integers((crops,))]
    return case.end("BATCH_TO_SPACE_ND", inputs, (1, 14 - sum(crops), 4), {}, scale=0.3, zero=-30)


def depthwise(kind="int8", *, channels=4, multiplier=2, weight_kind="int8"):
    case = Case((1, 6, 5, channels), kind)
    options = {
        0: Scalar("i1", 0),
        1: int32(2),
        2: int32(1),
        3: int32(multiplier),
        4: RELU6,
        5: int32(1),
        6: int32(1),
    }
    operands = case.layer((1, 3, 3, channels * multiplier), 3, kind=weight_kind)
    shape = (1, 6, 3, channels * multiplier)
    return case.end("DEPTHWISE_CONV_2D", operands, shape, options, scale=0.1, zero=5)


def transposed(kind="int8", shape=(1, 6, 10, 8), *, padding=0, bias=True):
    case = Case((1, 3, 5, 4), kind)
    options = {0: Scalar("i1", padding), 1: int32(2), 2: int32(2), 3: RELU}
    wide = Scalar("i1", KINDS["int64" if kind == "int16" else "int32"])
    x, *held = case.layer((8, 3, 2, 4), 0, bias=bias)
    inputs = [case.file.integers(shape), held[0], x, *held[1:]]
    return case.end("TRANSPOSE_CONV", inputs, shape, {**options, 4: wide}, scale=0.3, zero=-30)


def dense(kind="int8", shape=(1, 6, 5, 4), *, keep=False, weight_kind="int8", **more):
    case = Case(shape, kind)
    length = shape[-1] if keep else int(np.prod(shape))
    made = (*shape[:-1], 7) if keep else (1, 7)
    bias_kind = Scalar("i1", KINDS[more.get("wide", "int64")])
    options = {0: Scalar("i1", 0), 2: Scalar("u1", int(keep)), 4: bias_kind}
    operands = case.layer((7, length), 0, kind=weight_kind, **more)
    return case.end("FULLY_CONNECTED", operands, made, options, scale=0.9, zero=4)


def pool(kind, bits="int8"):
    case = Case(kind=bits)
    options = {1: int32(2), 2: int32(1), 3: int32(3), 4: int32(2), 5: RELU}
    return case.end(kind, [case.x], (1, 6, 3, 4), {0: Scalar("i1", 0), **options}, **IN)


def binary(kind, bits="int8", other=(1, 6, 5, 4), options=None):
    case = Case(kind=bits)
    second = case.activation(other, scale=0.02, zero=-40)
    case.file.inputs.append(second)
    return case.end(kind, [case.x, second], (1, 6, 5, 4), options or {0: RELU})


def extremum(kind, bits="int8", other=(1, 6, 5, 4)):
    case = Case(kind=bits)
    second = case.activation(other, **IN)
    case.file.inputs.append(second)
    return case.end(kind, [case.x, second], (1, 6, 5, 4), **IN)


def matmul(bits="int8", other=(1, 3, 5, 6), *, adj_x=0, adj_y=0):
    case = Case((1, 3, 5, 4) if adj_x else (1, 3, 4, 5), bits)
    second = case.activation(other, scale=0.02, zero=-40)
    case.file.inputs.append(second)
    options = {0: Scalar("u1", adj_x), 1: Scalar("u1", adj_y)}
    return case.end("BATCH_MATMUL", [case.x, second], (1, 3, 4, 6), options, scale=0.3, zero=5)


def with_constant(kind, bits="int8", *, first=False, **grid):
    case = Case(kind=bits)
    offset = {"int16": 0, "uint8": 139}.get(bits, 11)
    data = np.array([-101, -6, 49, 116]) + offset
    held = case.file.tensor((4,), bits, data=data, scale=0.03, zero=offset)
    operands = [held, case.x] if first else [case.x, held]
    return case.end(kind, operands, (1, 6, 5, 4), {0: Scalar("i1", 0)}, **grid)


def mean(kind="int8", *, keep=True, axes=(1, 2)):
    case = Case(kind=kind)
    shape = (1, 1, 1, 4) if keep else (1, 4)
    operands = [case.x, case.file.integers(axes)]
    return case.end("MEAN", operands, shape, {0: Scalar("u1", int(keep))})


def summed(kind="int8", *, keep=True):
    case = Case(kind=kind)
    shape = (1, 1, 1, 4) if keep else (1, 4)
    operands = [case.x, case.file.integers((1, 2))]
    return case.end("SUM", operands, shape, {0: Scalar("u1", int(keep))}, scale=0.5, zero=7)


def indices(kind, axis, shape):
    case = Case()
    made = case.file.tensor(shape, "int32")
    case.file.operator(kind, [case.x, case.file.integers(axis)], [made], {0: Scalar("i1", 2)})
    case.file.outputs = [made]
    return case.file


def prelu(shape=(1, 1, 4), kind="int8", slope="int8"):
    case = Case(kind=kind)
    zero = -12 if slope == "int8" else 0
    held = case.file.tensor(shape, slope, data=weights(*shape, seed=4), scale=0.006, zero=zero)
    return case.end("PRELU", [case.x, held], (1, 6, 5, 4), **OUT)


def function(kind, bits="int8", options=None, *, source=None, **grid):
    case = Case((1, 40, 8), bits, **(source or IN))
    return case.end(kind, [case.x], (1, 40, 8), options, **grid)


def shares(bits="int8", scale=2.0**-16):
    """A softmax from 8 to 16 bits."""
    case = Case((1, 40, 8), bits, scale=0.11, zero=4)
    options = {0: Scalar("<f4", 1.0)}
    made = case.file.tensor((1, 40, 8), "int16", scale=scale, zero=-32768)
    case.file.operator("SOFTMAX", [case.x], [made], options)
    case.file.outputs = [made]
    return case.file


def softmax(bits="int8", beta=1.0):
    fixed = {"scale": 2.0**-15} if bits == "int16" else {"scale": 2.0**-8, "zero": -128}
    source = {"scale": 0.0004} if bits == "int16" else {"scale": 0.11, "zero": 4}
    return function("SOFTMAX", bits, {0: Scalar("<f4", beta)}, source=source, **fixed)


def logistic(bits="int8"):
    fixed = {"scale": 2.0**-15} if bits == "int16" else {"scale": 2.0**-8, "zero": -128}
    source = {"scale": 0.0003} if bits == "int16" else IN
    return function("LOGISTIC", bits, source=source, **fixed)


def tanh(bits="int8"):
    source = {"scale": 0.0003} if bits == "int16" else IN
    return function("TANH", bits, source=source, scale=2.0 ** (-15 if bits == "int16" else -7))


def moved(kind, shape, operands, options=None, *, outputs=1):
    """An operator that keeps the grid of its input."""
    case = Case()
    values = [case.file.integers(values) for values in operands]
    inputs = [values[0], case.x] if kind == "SPLIT" else [case.x, *values]
    return case.end(kind, inputs, shape, options, outputs=outputs, **IN)


def pad_with_value():
    case = Case()
    value = case.file.tensor((1,), data=[-77], **IN)
    operands = [case.x, case.file.integers([[0, 0], [1, 2], [0, 3], [0, 0]]), value]
    return case.end("PADV2", operands, (1, 9, 8, 4), **IN)


def strided():
    masks = {0: int32(0b0010), 1: int32(0b0100), 4: int32(0b1000)}
    lists = [[0, 9, 1, 3], [1, 5, 0, 4], [1, 2, 1, 1]]
    return moved("STRIDED_SLICE", (1, 3, 4), lists, masks)


def concatenation(kind="int8", second=None, output=None):
    case = Case(kind=kind)
    other = case.activation((1, 6, 5, 2), **(second or IN))
    case.file.inputs.append(other)
    options = {0: int32(-1), 1: Scalar("i1", 0)}
    return case.end("CONCATENATION", [case.x, other], (1, 6, 5, 6), options, **(output or IN))


def broadcast():
    case = Case((1, 6, 1, 4))
    return case.end("BROADCAST_TO", [case.x, case.file.integers([1, 6, 5, 4])], (1, 6, 5, 4), **IN)


def split_v():
    case = Case()
    operands = [case.x, case.file.integers([1, 3, 1]), case.file.integers(2)]
    made = [case.activation((1, 6, size, 4), **IN) for size in (1, 3, 1)]
    case.file.operator("SPLIT_V", operands, made, {0: int32(3)})
    case.file.outputs = made
    return case.file


def resize(kind, size, bits="int8", *, corners=0, half=0):
    case = Case(kind=bits)
    first = 2 if kind == "RESIZE_BILINEAR" else 0
    options = {first: Scalar("u1", corners), first + 1: Scalar("u1", half)}
    return case.end(kind, [case.x, case.file.integers(size)], (1, *size, 4), options, **IN)


def blocks(kind, shape, made):
    case = Case(shape)
    return case.end(kind, [case.x], made, {0: int32(2)}, **IN)


def pack(axis=2):
    case = Case((1, 6, 5))
    second = case.activation((1, 6, 5), **IN)
    case.file.inputs.append(second)
    shape = (1, 6, 2, 5) if axis == 2 else (1, 6, 5, 2)
    return case.end("PACK", [case.x, second], shape, {0: int32(2), 1: int32(axis)}, **IN)


def gathered(indices, shape):
    case = Case()
    held = case.file.tensor(np.shape(indices), "int32", data=np.array(indices, "<i4"))
    return case.end("GATHER", [case.x, held], shape, {0: int32(2)}, **IN)


def squeeze():
    case = Case((1, 6, 1, 4))
    axes = {0: Vector(np.array([2], "<i4"))}
    return case.end("SQUEEZE", [case.x], (1, 6, 4), axes, **IN)


def moved_mean():
    case = Case()
    return case.end("MEAN", [case.x, case.file.integers([3])], (1, 6, 5), {0: Scalar("u1", 0)})
