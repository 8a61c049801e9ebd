"""The integer operators, one frozen dataclass each: everything is decided, nothing computed.

Tensors are named; their shape, type, scale and zero point stand in `Program.tensors`. Shapes are
those of one sample, channels last. For convolutions and pools a spatial tensor of rank 2 (L, C)
counts as (1, L, C), one of rank 1 (C,) as (1, 1, C): kernels put unit axes in front, the kernel,
strides, pads and dilations of the instruction always have two entries, the first for the unit axis
(a sequence has kernel (1, K), pads ((0, 0), (before, after))), and the output tensor keeps the rank
of the graph's tensor. Where a rule says `MBQM`, it means TFLite's
``MultiplyByQuantizedMultiplier`` with the rule of the instruction's `rounding`: the two roundings
of `Rounding.DOUBLE` (a saturating rounding doubling high multiplication, then a rounding right
shift with ties away from zero), or one rounding of the exact product. Lowering sets it by the
program's arithmetic. `low` and `high` are limits in output integers: the fused activation and the
range of the output type together. Weights are int8 arrays whose values fit `weight_type`; one bit
means {-1, +1}. Weights around a zero point of a file can take 9 bits, and int16 arrays.

An accumulator is int32 when every input has 8 bits or fewer, and int64 when the input has 16
bits. With a 16-bit input, convolutions and fully connected layers requantize as TFLite's int16x8
kernels: ``reduced = min((multiplier + 2**15) >> 16, 0x7FFF)``, then
``acc * reduced / 2**(15 - shift)`` in 64 bits, rounded once: ties towards +infinity, as TFLite has
it, or by the instruction's rule; the width of the output changes nothing but the limits. A `narrow`
one accumulates in int32 and requantizes as with 8-bit inputs: TFLite's kernels for an int32 bias.
Under `Rounding.FLOAT32` no multiplier is reduced: the accumulator of either width is rounded to
float32 and multiplied by a factor of 24 bits. `instructions.float32` has what else ONNX Runtime
computes in float32.

Sources: LiteRT 8-bit quantization specification; TFLite-Micro.
"""

from __future__ import annotations

from typing import get_args

from tinyml_studio.program.instructions.elementwise import (
    Add,
    Div,
    Extremum,
    Mul,
    Requantize,
    SquaredDifference,
)
from tinyml_studio.program.instructions.float32 import (
    AddFloat32,
    AveragePoolFloat32,
    DivFloat32,
    MulFloat32,
    RequantizeFloat32,
    SoftmaxFloat32,
)
from tinyml_studio.program.instructions.functions import (
    Interpolate,
    L2Normalization,
    LeakyRelu,
    Logistic16,
    LogSoftmax,
    Lookup,
    Piecewise,
    PRelu,
    Softmax,
    Softmax16,
)
from tinyml_studio.program.instructions.instruction import Instruction, Pads2D
from tinyml_studio.program.instructions.movement import (
    Concat,
    Gather,
    Pad,
    Reshape,
    Slice,
    Transpose,
)
from tinyml_studio.program.instructions.products import BatchMatMul
from tinyml_studio.program.instructions.recurrent import Gated, Gru, Lstm, StreamBuffer, Svdf
from tinyml_studio.program.instructions.reductions import (
    ArgMax,
    AveragePool2D,
    MaxPool2D,
    Mean,
    Prod,
)
from tinyml_studio.program.instructions.resizing import (
    Between,
    ResizeBilinear,
    ResizeBilinearFloat32,
    Shares,
)
from tinyml_studio.program.instructions.weighted import (
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    FullyConnectedReal,
    TransposeConv2D,
)

INSTRUCTIONS: tuple[type[Instruction], ...] = (
    Conv2D, DepthwiseConv2D, FullyConnected, MaxPool2D, AveragePool2D, Mean, Add, Mul, Requantize,
    Lookup, Interpolate, Logistic16, LeakyRelu, Softmax, Softmax16, Concat, Slice, Pad, Transpose,
    Reshape, Lstm, Gru, Svdf, StreamBuffer, FullyConnectedReal, Piecewise,
    TransposeConv2D, BatchMatMul, Div, Extremum, PRelu, Gather, ResizeBilinear, ArgMax, LogSoftmax,
    Prod, AddFloat32, MulFloat32, DivFloat32, RequantizeFloat32, AveragePoolFloat32, SoftmaxFloat32,
    SquaredDifference, L2Normalization, ResizeBilinearFloat32,
)  # fmt: skip

Rounded = (
    Conv2D | DepthwiseConv2D | FullyConnected | AveragePool2D | Mean | Add | Mul | Requantize
    | LeakyRelu | Softmax | Softmax16 | Lstm | Gru | Svdf
    | TransposeConv2D | BatchMatMul | Div | DivFloat32 | PRelu | ResizeBilinear | LogSoftmax
    | SquaredDifference | L2Normalization
)  # fmt: skip
"""Instructions whose result depends on the arithmetic, by their `rounding`."""

ROUNDED: tuple[type[Instruction], ...] = get_args(Rounded)

__all__ = [
    "INSTRUCTIONS",
    "ROUNDED",
    "Add",
    "AddFloat32",
    "ArgMax",
    "AveragePool2D",
    "AveragePoolFloat32",
    "BatchMatMul",
    "Between",
    "Concat",
    "Conv2D",
    "DepthwiseConv2D",
    "Div",
    "DivFloat32",
    "Extremum",
    "FullyConnected",
    "FullyConnectedReal",
    "Gated",
    "Gather",
    "Gru",
    "Instruction",
    "Interpolate",
    "L2Normalization",
    "LeakyRelu",
    "LogSoftmax",
    "Logistic16",
    "Lookup",
    "Lstm",
    "MaxPool2D",
    "Mean",
    "Mul",
    "MulFloat32",
    "PRelu",
    "Pad",
    "Pads2D",
    "Piecewise",
    "Prod",
    "Requantize",
    "RequantizeFloat32",
    "Reshape",
    "ResizeBilinear",
    "ResizeBilinearFloat32",
    "Rounded",
    "Shares",
    "Slice",
    "Softmax",
    "Softmax16",
    "SoftmaxFloat32",
    "SquaredDifference",
    "StreamBuffer",
    "Svdf",
    "Transpose",
    "TransposeConv2D",
]
