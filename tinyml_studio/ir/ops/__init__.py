"""The operators of the float network, one frozen dataclass each.

Shapes are those of one sample: the batch axis is never written. Spatial tensors are channels
last: ``(H, W, C)`` for images, ``(L, C)`` for sequences. Weights belong to the operator; the other
operands are tensors, named in `Node.inputs` (a constant operand stands in `Graph.constants`).
Arrays make generated equality meaningless, so operators that hold one compare by identity.
"""

from __future__ import annotations

from tinyml_studio.ir.ops.activations import (
    Clip,
    Function,
    HardSigmoid,
    HardSwish,
    L2Normalization,
    LeakyRelu,
    LogSoftmax,
    PRelu,
    Sigmoid,
    Softmax,
    Tanh,
)
from tinyml_studio.ir.ops.elementwise import (
    Add,
    Div,
    Maximum,
    Minimum,
    Mul,
    SquaredDifference,
    Sub,
)
from tinyml_studio.ir.ops.markers import Identity, Opaque, Requantize
from tinyml_studio.ir.ops.movement import Concat, Gather, Pad, Reshape, Slice, Split, Transpose
from tinyml_studio.ir.ops.operator import NO_CLAMP, Clamp, Operator, Pads, Shape
from tinyml_studio.ir.ops.products import MatMul
from tinyml_studio.ir.ops.recurrent import Gru, Lstm, StreamBuffer, Svdf
from tinyml_studio.ir.ops.reductions import ArgMax, AveragePool, MaxPool, Mean, Prod, Sum
from tinyml_studio.ir.ops.resizing import Coordinates, ResizeBilinear
from tinyml_studio.ir.ops.weighted import ChannelAffine, Conv, ConvTranspose, Dense

__all__ = [
    "NO_CLAMP",
    "Add",
    "ArgMax",
    "AveragePool",
    "ChannelAffine",
    "Clamp",
    "Clip",
    "Concat",
    "Conv",
    "ConvTranspose",
    "Coordinates",
    "Dense",
    "Div",
    "Function",
    "Gather",
    "Gru",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "L2Normalization",
    "LeakyRelu",
    "LogSoftmax",
    "Lstm",
    "MatMul",
    "MaxPool",
    "Maximum",
    "Mean",
    "Minimum",
    "Mul",
    "Opaque",
    "Operator",
    "PRelu",
    "Pad",
    "Pads",
    "Prod",
    "Requantize",
    "Reshape",
    "ResizeBilinear",
    "Shape",
    "Sigmoid",
    "Slice",
    "Softmax",
    "Split",
    "SquaredDifference",
    "StreamBuffer",
    "Sub",
    "Sum",
    "Svdf",
    "Tanh",
    "Transpose",
]
