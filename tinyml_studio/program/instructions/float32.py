"""Operators that are computed in float32, as ONNX Runtime computes them.

All of ``f(...)`` is rounded to float32: to nearest, ties to even. ``rint`` is the nearest integer,
ties to even; ``fma(a, b, c)`` is ``f(a * b + c)`` of the exact product and sum. Scales, ratios and
factors are float32 values. A result beyond `low` or `high` becomes that limit. Nothing here needs
an engine with floating point: `tinyml_studio.arith.float32` says how integers stand for such
values.

`origin` is what ONNX Runtime's own integers and zero points exceed those of the program by: 0, or
128 where its kernel works on uint8, which moves the points at which float32 sums are rounded.

The formulas are those of ONNX Runtime's kernels on x86-64 with AVX2, for 8 bits equal to them in
every element; other widths are computed alike. On other machines ONNX Runtime adds with other
roundings (on ARM in fixed point).

Source: ONNX Runtime 1.32, ``contrib_ops/cpu/quantization`` and ``core/mlas/lib``.
"""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.program.instructions.instruction import Instruction, Pads2D


@dataclass(frozen=True, eq=False)
class AddFloat32(Instruction):
    """Sum of two tensors, broadcast as NumPy does, as ``QLinearAdd``.

    ``y = rint(fma(a', ratio_a, fma(b', ratio_b, offset))) - origin``, limited, where a', b' and
    the zero points below are `origin` more. The ratios are ``f(scale / output scale)``, negative
    for the second operand of a difference. `offset` holds the zero points:
    ``f(zo' - fma(za', ratio_a, f(zb' * ratio_b)))``.
    """

    ratio_a: float
    ratio_b: float
    offset: float
    low: int
    high: int
    origin: int = 0


@dataclass(frozen=True, eq=False)
class MulFloat32(Instruction):
    """Product, broadcast as NumPy does, as ``QLinearMul``.

    ``y = rint(f(f(f((a - za) * (b - zb)) * ratio) + zo')) - origin``, limited, with the ratio
    ``f(f(sa * sb) / so)`` and ``zo' = zo + origin``.
    """

    ratio: float
    low: int
    high: int
    origin: int = 0


@dataclass(frozen=True, eq=False)
class DivFloat32(Instruction):
    """Quotient, broadcast as NumPy does, as ``DequantizeLinear``, ``Div`` and ``QuantizeLinear``.

    ``v = f(f(f(scale_a * (a - za)) / f(scale_b * (b - zb))) / out_scale)``, which `rounding` takes
    to an integer n; ``y = clamp(zo + n, low, high)``. By zero it is the limit on the side of
    a - za, and `undefined` for 0 / 0. With power-of-two scales it is ESP-DL's division of two
    tensors, ``c_impl_div_n_n`` in ``dl_base_div.cpp``.
    """

    scale_a: float
    scale_b: float
    out_scale: float
    undefined: int
    low: int
    high: int
    rounding: Rounding = Rounding.FLOAT32


@dataclass(frozen=True, eq=False)
class RequantizeFloat32(Instruction):
    """16-bit values on another grid, as ``DequantizeLinear`` and ``QuantizeLinear``.

    ``v = f(scale * (x - zx))``, for a leaky Relu ``v = f(slope * v)`` where it is negative;
    ``y = zo + rint(f(v / out_scale))``, limited. Narrower inputs have a `Lookup` with the same
    values.
    """

    scale: float
    slope: float
    out_scale: float
    low: int
    high: int


@dataclass(frozen=True, eq=False)
class AveragePoolFloat32(Instruction):
    """Mean of the real (not padded) values of a window, as ``QLinearAveragePool``.

    The values ``f(scale * (x - zx))`` are added one after the other, row by row, each sum in
    float32; ``y = rint(f(f(f(sum / count) / out_scale) + zo')) - origin``, limited, with
    ``zo' = zo + origin``.
    """

    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: Pads2D
    scale: float
    out_scale: float
    low: int
    high: int
    origin: int = 0


@dataclass(frozen=True, eq=False)
class SoftmaxFloat32(Instruction):
    """Softmax over the last axis, as ``QLinearSoftmax``.

    With ``d`` the distance to the largest value of the row and ``n = len(fine)``,
    ``e = f(coarse[d // n] * fine[d % n])``; the row's ``e`` are added one after the other in
    float32; ``y = zo + rint(e * steps / sum)`` of the exact quotient, limited to the type. Inputs
    of 8 bits or fewer have one `fine` entry, 1; 16 bits have 256 of both. The tables hold positive
    float32 values or 0.
    """

    coarse: FloatArray
    fine: FloatArray
    steps: float
