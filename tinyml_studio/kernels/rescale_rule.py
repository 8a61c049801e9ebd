"""The rule that takes accumulators to the output's grid, in integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding, multiply, multiply_wide
from tinyml_studio.program.instructions import Add, Mul
from tinyml_studio.program.program import QuantizedTensor

_INT32_EDGE = 1 << 31
_PRODUCT_EDGE = np.int64(1) << 62  # no product of an int32 accumulator and a mantissa gets there


@dataclass(frozen=True, eq=False)
class Rule:
    """``clamp(MBQM(acc, mantissa, shift), low, high)``, one multiplier per channel.

    Every rounding is monotone, so the rule is a step function of the accumulator.

    Parameters
    ----------
    mantissa, shift
        ``(C,)`` int64.
    low, high
        Limits counted from the output's zero point.
    bounds
        Worst-case magnitudes of the accumulators, ``(C,)``.
    reduced
        Whether 64-bit accumulators meet 16-bit multipliers.
    rounding
        How products become integers.
    """

    mantissa: Int64Array
    shift: Int64Array
    low: int
    high: int
    bounds: Int64Array
    reduced: bool
    rounding: Rounding = Rounding.DOUBLE

    @classmethod
    def of_tensor(
        cls, item: Add | Mul, multiplier: Multiplier, worst: int, output: QuantizedTensor
    ) -> Rule:
        """One multiplier for all of a tensor, with the limits and the rounding of `item`."""
        return cls(
            mantissa=np.array([multiplier.mantissa]),
            shift=np.array([multiplier.shift]),
            low=item.low - output.zero_point,
            high=item.high - output.zero_point,
            bounds=np.array([worst]),
            reduced=False,
            rounding=item.rounding,
        )

    def exact(self, acc: Int64Array) -> Int64Array:
        """The rule on accumulators ``(N, C, ...)``."""
        return self._exact(
            acc, along_channels(self.mantissa, acc.ndim), along_channels(self.shift, acc.ndim)
        )

    def exact_at(self, acc: Int64Array, channels: Int64Array) -> Int64Array:
        """The rule on single accumulators ``(K,)`` of these channels."""
        return self._exact(acc, self.mantissa[channels], self.shift[channels])

    def _exact(self, acc: Int64Array, mantissa: Int64Array, shift: Int64Array) -> Int64Array:
        rule = multiply_wide if self.reduced else multiply
        return np.clip(rule(acc, mantissa, shift, self.rounding), self.low, self.high)

    @property
    def factors(self) -> NDArray[np.float64]:
        """The real factor of every channel ``(C,)``."""
        return np.asarray(self.mantissa * np.exp2(self.shift - 31.0))

    @property
    def first_rounding(self) -> NDArray[np.float64]:
        """How far the first of two roundings can move a result, ``(C,)``, in output steps."""
        two = (self.shift < 0) & (self.rounding is Rounding.DOUBLE)
        return np.where(two, np.exp2(self.shift - 1.0), 0.0)

    @cached_property
    def thresholds(self) -> Int64Array:
        """T(k) for k in (low, high], ``(C, high - low)``: the least acc rounded to k or up.

        Not for `Rounding.FLOAT32`, whose rule runs in float32 as it is.
        """
        levels = np.arange(self.low + 1, self.high + 1, dtype=np.int64)
        if self.rounding is Rounding.DOUBLE:
            return self._thresholds_of_two(levels)
        return self._thresholds_of_one(levels)

    def _thresholds_of_one(self, levels: Int64Array) -> Int64Array:
        """Where the exact product reaches the last value that one rounding takes to k."""
        total = 31 - self.shift[:, None]
        # a goal beyond every product is left where it cannot be shifted out of int64
        most = _PRODUCT_EDGE >> total
        goal = np.clip(levels, -most, most) << total
        if self.rounding is not Rounding.FLOOR:
            goal = goal - (np.int64(1) << (total - 1)) + self._tie_goes_down(levels)
        goal = np.where(np.abs(levels) > most, _PRODUCT_EDGE * np.sign(levels), goal)
        return _least_factor(goal, self.mantissa[:, None])

    def _tie_goes_down(self, levels: Int64Array) -> Int64Array:
        """1 where the value half a step below k becomes k - 1, else 0."""
        if self.rounding is Rounding.HALF_AWAY:
            return (levels <= 0).astype(np.int64)
        if self.rounding is Rounding.HALF_EVEN:
            return levels & 1
        return np.zeros_like(levels)

    def _thresholds_of_two(self, levels: Int64Array) -> Int64Array:
        """Where the high multiplication reaches the least that the right shift takes to k."""
        shift = self.shift[:, None]
        right, left = np.maximum(-shift, 0), np.maximum(shift, 0)
        half = (np.int64(1) << right) >> 1
        needed = (levels << right) - half + ((levels <= 0) & (right > 0))
        needed = np.clip(needed, -_INT32_EDGE, _INT32_EDGE)
        return _least_factor((needed << 31) - (1 << 30), self.mantissa[:, None] << left)


def _least_factor(goal: Int64Array, factor: Int64Array) -> Int64Array:
    """The least integer whose product with `factor` reaches `goal`; far away for a factor of 0."""
    unreachable = np.where(goal > 0, _PRODUCT_EDGE, -_PRODUCT_EDGE)
    return np.where(factor > 0, -(-goal // np.maximum(factor, 1)), unreachable)


def along_channels(values: NDArray[Any], rank: int) -> NDArray[Any]:
    """Channel values, shaped to broadcast along the second of `rank` axes."""
    return values.reshape(-1, *(1,) * (rank - 2))
