"""Grids of tensors: from what was seen, by a range method, to quantization parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.errors import SchemeError
from tinyml_studio.quantize.grids import (
    MAX_REAL,
    activation_grid,
    power_of_two_grid,
    weight_grid,
    weight_limits,
)
from tinyml_studio.quantize.params import QuantParams
from tinyml_studio.quantize.range_methods.entropy import Entropy
from tinyml_studio.quantize.range_methods.method import RangeMethodRule, Seen
from tinyml_studio.quantize.range_methods.minmax import MinMax
from tinyml_studio.quantize.range_methods.mse import Mse
from tinyml_studio.quantize.range_methods.percentile import Percentile
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

RANGE_METHODS: Mapping[RangeMethod, RangeMethodRule] = MappingProxyType(
    {
        RangeMethod.MINMAX: MinMax(),
        RangeMethod.PERCENTILE: Percentile(),
        RangeMethod.MSE: Mse(),
        RangeMethod.ENTROPY: Entropy(),
        RangeMethod.FILE: MinMax(),  # what the file does not state
    }
)


def activation_params(
    stats: Seen | None,
    *,
    bits: int,
    method: RangeMethod,
    percentile: float = 99.99,
    manual: tuple[float, float] | None = None,
    powers_of_two: bool = False,
) -> QuantParams:
    """The grid of an activation, one scale for the tensor.

    Parameters
    ----------
    stats
        What was seen of the tensor; only a manual range does without.
    bits
        4 or 8 (asymmetric) or 16 (symmetric, zero point 0).
    method
        How the range is chosen.
    percentile
        Share of the values that the percentile method keeps, in percent.
    manual
        A range in real units that wins over the method; widened to hold 0.
    powers_of_two
        Whether the scale is a power of two and the zero point 0.

    Raises
    ------
    SchemeError
        If the manual range is empty, not finite or out of float32.
    """
    grid = power_of_two_grid if powers_of_two else activation_grid
    if manual is not None:
        check_manual_range(manual)
        return grid(*manual, bits)
    if stats is None:
        raise ValueError("a range that is not set by hand needs statistics")
    low, high = RANGE_METHODS[method].activation_range(stats, bits=bits, percentile=percentile)
    return grid(low, high, bits)


def check_manual_range(limits: tuple[float, float]) -> None:
    """Refuse a range that no grid can cover.

    Raises
    ------
    SchemeError
        If it is empty, not finite or out of float32.
    """
    low, high = limits
    if not (math.isfinite(low) and math.isfinite(high) and max(abs(low), abs(high)) <= MAX_REAL):
        raise SchemeError(f"The range {low} to {high} is not finite")
    if low > high or low == high == 0.0:
        raise SchemeError(f"The range {low} to {high} is empty")


def weight_params(
    weight: FloatArray,
    *,
    bits: int,
    granularity: Granularity,
    method: RangeMethod,
    percentile: float = 99.99,
    reach: float | None = None,
) -> QuantParams:
    """The grid of weights ``(O, ...)``, symmetric, with one scale per output channel or in all.

    The integers are [-127, 127] at 8 bits and so on down to {-1, 0, 1} at 2 bits. Below 8 bits the
    MSE method takes the whole type, [-8, 7] at 4 bits: one level more can only make the error
    smaller, and at 4 bits and less it makes a difference. One bit is {-1, +1} with
    ``scale = mean(|w|)``, the least squared error, whatever the method.

    With `reach` the grid ends at that factor of the largest magnitude of each scale's weights,
    whatever the method; one bit has no range.

    A channel of zeros gets the median scale of the others, so that its bias can be held; with one
    bit, where zero cannot be held, the smallest scale there is.
    """
    rows = weight.reshape(len(weight) if granularity is Granularity.CHANNEL else 1, -1)
    values = rows.astype(np.float64)
    low, high = weight_limits(bits)
    if bits == 1:
        means = np.maximum(np.abs(values).mean(axis=1), np.finfo(np.float64).tiny)
        return weight_grid(means, bits=bits, low=low, high=high)
    if reach is not None:
        limits = np.abs(values).max(axis=1, initial=0.0) * reach
        return weight_grid(limits / high, bits=bits, low=low, high=high)
    if bits < 8 and method is RangeMethod.MSE:
        low -= 1
    rule = RANGE_METHODS[method]
    scales = rule.weight_scales(values, low=low, high=high, percentile=percentile)
    return weight_grid(scales, bits=bits, low=low, high=high)
