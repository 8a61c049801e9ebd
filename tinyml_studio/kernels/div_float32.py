"""Quotient of two tensors in float32."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import DivFloat32
from tinyml_studio.program.program import QuantizedTensor

_FAR = 2.0**40  # beyond every limit


def div_float32(
    item: DivFloat32, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Both operands as real numbers, their quotient in steps of the output, an integer."""
    scales = (item.scale_a, item.scale_b)
    a, b = (
        with_rank(operand.centred, common_rank(operands)).astype(np.float32) * np.float32(scale)
        for operand, scale in zip(operands, scales, strict=True)
    )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        steps = (a / b) / np.float32(item.out_scale)
    nothing = np.isnan(steps)
    near = np.clip(np.where(nothing, 0, steps).astype(np.float64), -_FAR, _FAR)
    found = output.zero_point + _nearest(near, item.rounding)
    made = np.where(nothing, item.undefined, found).astype(np.int64)
    return finish(made, output, low=item.low, high=item.high)


def _nearest(steps: NDArray[np.float64], rounding: Rounding) -> NDArray[np.float64]:
    """Float32 values as integers by a rule; one half more or less is exact enough in float64."""
    if rounding is Rounding.FLOOR:
        return np.floor(steps)
    if rounding in (Rounding.HALF_EVEN, Rounding.FLOAT32):
        return np.rint(steps)
    if rounding is Rounding.HALF_AWAY:
        return np.copysign(np.floor(np.abs(steps) + 0.5), steps)
    return np.floor(steps + 0.5)
