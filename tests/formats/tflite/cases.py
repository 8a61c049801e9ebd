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


def with_constant(kind):
    case = Case()
    held = case.file.tensor((4,), data=[-90, 5, 60, 127], scale=0.03, zero=11)
    return case.end(kind, [case.x, held], (1, 6, 5, 4), {0: Scalar("i1", 0)})


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


def prelu(shape=(1, 1, 4)):
    case = Case()
    slopes = weights(*shape, seed=4)
    held = case.file.tensor(shape, data=slopes, scale=0.006, zero=-12)
    return case.end("PRELU", [case.x, held], (1, 6, 5, 4), **OUT)


def function(kind, bits="int8", options=None, *, source=None, **grid):
    case = Case((1, 40, 8), bits, **(source or IN))
    return case.end(kind, [case.x], (1, 40, 8), options, **grid)


def softmax(bits="int8"):
    fixed = {"scale": 2.0**-15} if bits == "int16" else {"scale": 2.0**-8, "zero": -128}
    source = {"scale": 0.0004} if bits == "int16" else {"scale": 0.11, "zero": 4}
    return function("SOFTMAX", bits, {0: Scalar("<f4", 1.0)}, source=source, **fixed)


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


def concatenation():
    case = Case()
    second = case.activation((1, 6, 5, 2), **IN)
    case.file.inputs.append(second)
    options = {0: int32(-1), 1: Scalar("i1", 0)}
    return case.end("CONCATENATION", [case.x, second], (1, 6, 5, 6), options, **IN)


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


CASES = {
    "conv same": conv,
    "conv valid strided": lambda: conv(padding=1, strides=(2, 2)),
    "conv dilated": lambda: conv(dilations=(2, 1)),
    "conv of one scale": lambda: conv(per_channel=False),
    "conv int4": lambda: conv(weight_kind="int4"),
    "conv int16": lambda: conv("int16"),
    "conv int16 with an int32 bias": lambda: conv("int16", wide="int32"),
    "conv uint8": lambda: conv("uint8", "uint8", zero=128, per_channel=False),
    "conv uint8 around 90": lambda: conv("uint8", "uint8", zero=90, per_channel=False),
    "dense uint8 around 201": lambda: dense(
        "uint8", weight_kind="uint8", zero=201, per_channel=False
    ),
    "depthwise": depthwise,
    "depthwise of one channel": lambda: depthwise(channels=1, multiplier=6),
    "depthwise int4": lambda: depthwise(weight_kind="int4"),
    "depthwise int16": lambda: depthwise("int16"),
    "conv between moves to the batch": dilated,
    "depthwise between moves to the batch": lambda: dilated("DEPTHWISE_CONV_2D"),
    "transposed conv same": transposed,
    "transposed conv valid": lambda: transposed(shape=(1, 7, 10, 8), padding=1),
    "transposed conv with a row more": lambda: transposed(shape=(1, 8, 11, 8), padding=1),
    "transposed conv without bias": lambda: transposed(bias=False),
    "transposed conv int16": lambda: transposed("int16"),
    "dense flattens": lambda: dense(per_channel=False),
    "dense keeps axes": lambda: dense(keep=True, per_channel=False),
    "dense int16": lambda: dense("int16", (1, 120), per_channel=False),
    "dense int16 with an int32 bias": lambda: dense(
        "int16", (1, 120), per_channel=False, wide="int32"
    ),
    "dense int4": lambda: dense(shape=(1, 120), weight_kind="int4", per_channel=False),
    "average pool": lambda: pool("AVERAGE_POOL_2D"),
    "average pool uint8": lambda: pool("AVERAGE_POOL_2D", "uint8"),
    "max pool": lambda: pool("MAX_POOL_2D"),
    "average pool int16": lambda: pool("AVERAGE_POOL_2D", "int16"),
    "max pool int16": lambda: pool("MAX_POOL_2D", "int16"),
    "add": lambda: binary("ADD"),
    "add broadcast": lambda: binary("ADD", other=(1, 1, 1, 4)),
    "add constant": lambda: with_constant("ADD"),
    "add int16": lambda: binary("ADD", "int16", options={0: RELU, 1: Scalar("u1", 0)}),
    "add uint8": lambda: binary("ADD", "uint8"),
    "sub": lambda: binary("SUB"),
    "sub int16": lambda: binary("SUB", "int16", options={0: RELU, 1: Scalar("u1", 0)}),
    "mul": lambda: binary("MUL"),
    "mul constant": lambda: with_constant("MUL"),
    "mul int16": lambda: binary("MUL", "int16"),
    "maximum": lambda: extremum("MAXIMUM"),
    "maximum broadcast": lambda: extremum("MAXIMUM", other=(1, 1, 1, 4)),
    "minimum": lambda: extremum("MINIMUM"),
    "minimum int16": lambda: extremum("MINIMUM", "int16"),
    "batch matmul": matmul,
    "batch matmul of one matrix": lambda: matmul(other=(1, 1, 5, 6)),
    "batch matmul of transposed": lambda: matmul(other=(1, 3, 6, 5), adj_x=1, adj_y=1),
    "batch matmul int16": lambda: matmul("int16"),
    "mean": mean,
    "mean dropped": lambda: mean(keep=False),
    "mean of one axis": moved_mean,
    "mean int16": lambda: mean("int16"),
    "log softmax": lambda: function(
        "LOG_SOFTMAX", source={"scale": 0.11, "zero": 4}, scale=2.0**-4, zero=127
    ),
    "softmax": softmax,
    "softmax int16": lambda: softmax("int16"),
    "logistic": logistic,
    "logistic int16": lambda: logistic("int16"),
    "logistic uint8": lambda: logistic("uint8"),
    "tanh": tanh,
    "tanh int16": lambda: tanh("int16"),
    "relu": lambda: function("RELU", **OUT),
    "relu6": lambda: function("RELU6", **IN),
    "relu6 on another grid": lambda: function("RELU6", **OUT),
    "relu -1 to 1 on another grid": lambda: function("RELU_N1_TO_1", **OUT),
    "relu6 int16": lambda: function("RELU6", "int16", scale=0.0003),
    "relu -1 to 1": lambda: function("RELU_N1_TO_1", **IN),
    "leaky relu": lambda: function("LEAKY_RELU", options={0: Scalar("<f4", 0.2)}, **OUT),
    "leaky relu int16": lambda: function(
        "LEAKY_RELU", "int16", {0: Scalar("<f4", 0.2)}, scale=0.07
    ),
    "arg max": lambda: indices("ARG_MAX", 3, (1, 6, 5)),
    "arg min": lambda: indices("ARG_MIN", 1, (1, 5, 4)),
    "sum": summed,
    "sum dropped": lambda: summed(keep=False),
    "sum int16": lambda: summed("int16"),
    "prelu": prelu,
    "prelu with a slope for every value": lambda: prelu((6, 5, 4)),
    "elu": lambda: function("ELU", **OUT),
    "gelu": lambda: function("GELU", **OUT),
    "exp": lambda: function("EXP", **OUT),
    "exp int16": lambda: function("EXP", "int16", source={"scale": 0.0002}, scale=0.02),
    "log": lambda: function("LOG", source={"scale": 0.02, "zero": -128}, **OUT),
    "rsqrt": lambda: function("RSQRT", source={"scale": 0.02, "zero": -128}, scale=0.05, zero=-100),
    "abs": lambda: function("ABS", **OUT),
    "abs on one grid": lambda: function("ABS", **IN),
    "hard swish": lambda: function("HARD_SWISH", **OUT),
    "reshape": lambda: moved("RESHAPE", (1, 30, 4), [[1, 30, 4]]),
    "squeeze": squeeze,
    "expand dims": lambda: moved("EXPAND_DIMS", (1, 6, 1, 5, 4), [2]),
    "transpose": lambda: moved("TRANSPOSE", (1, 4, 6, 5), [[0, 3, 1, 2]]),
    "concatenation": concatenation,
    "split": lambda: moved("SPLIT", (1, 6, 5, 2), [3], {0: int32(2)}, outputs=2),
    "strided slice": strided,
    "strided slice backwards": lambda: moved(
        "STRIDED_SLICE",
        (1, 3, 5, 4),
        [[0, 5, 0, 0], [1, -7, 5, 4], [1, -2, 1, 1]],
        {0: int32(0b1101), 1: int32(0b1101)},
    ),
    "strided slice with an ellipsis": lambda: moved(
        "STRIDED_SLICE", (1, 6, 5, 2), [[0, 0, 1], [1, 0, 3], [1, 1, 1]], {2: int32(0b010)}
    ),
    "strided slice with a new axis": lambda: moved(
        "STRIDED_SLICE",
        (1, 6, 1, 5, 4),
        [[0, 0, 0, 0], [1, 6, 0, 5], [1, 1, 1, 1]],
        {3: int32(0b0100)},
    ),
    "resize nearest": lambda: resize("RESIZE_NEAREST_NEIGHBOR", (13, 4)),
    "resize nearest corners": lambda: resize("RESIZE_NEAREST_NEIGHBOR", (11, 3), corners=1),
    "resize nearest half pixel": lambda: resize("RESIZE_NEAREST_NEIGHBOR", (9, 11), half=1),
    "resize nearest int16": lambda: resize("RESIZE_NEAREST_NEIGHBOR", (12, 10), "int16"),
    "resize bilinear": lambda: resize("RESIZE_BILINEAR", (13, 4)),
    "resize bilinear corners": lambda: resize("RESIZE_BILINEAR", (11, 3), corners=1),
    "resize bilinear half pixel": lambda: resize("RESIZE_BILINEAR", (9, 11), half=1),
    "resize bilinear int16": lambda: resize("RESIZE_BILINEAR", (12, 10), "int16", half=1),
    "depth to space": lambda: blocks("DEPTH_TO_SPACE", (1, 3, 5, 8), (1, 6, 10, 2)),
    "space to depth": lambda: blocks("SPACE_TO_DEPTH", (1, 6, 4, 3), (1, 3, 2, 12)),
    "pack": pack,
    "pack behind": lambda: pack(-1),
    "unpack": lambda: moved("UNPACK", (1, 6, 4), [], {0: int32(5), 1: int32(2)}, outputs=5),
    "gather": lambda: gathered([3, 0, 0, 4], (1, 6, 4, 4)),
    "gather one": lambda: gathered(3, (1, 6, 4)),
    "tile": lambda: moved("TILE", (1, 12, 5, 12), [[1, 2, 1, 3]]),
    "broadcast to": broadcast,
    "mirror pad": lambda: moved(
        "MIRROR_PAD", (1, 9, 8, 4), [[[0, 0], [1, 2], [0, 3], [0, 0]]], {0: Scalar("i1", 0)}
    ),
    "mirror pad with the edge": lambda: moved(
        "MIRROR_PAD", (1, 9, 8, 4), [[[0, 0], [1, 2], [0, 3], [0, 0]]], {0: Scalar("i1", 1)}
    ),
    "split of sizes": split_v,
    "reduce max": lambda: moved("REDUCE_MAX", (1, 1, 1, 4), [[1, 2]], {0: Scalar("u1", 1)}),
    "reduce max dropped": lambda: moved("REDUCE_MAX", (1, 6, 4), [[2]], {0: Scalar("u1", 0)}),
    "slice": lambda: moved("SLICE", (1, 2, 3, 4), [[0, 3, 1, 0], [1, 2, 3, -1]]),
    "pad": lambda: moved("PAD", (1, 9, 8, 4), [[[0, 0], [1, 2], [0, 3], [0, 0]]]),
    "pad with a value": pad_with_value,
    "quantize": lambda: function("QUANTIZE", **OUT),
    "quantize int16": lambda: function("QUANTIZE", "int16", scale=0.001),
}
