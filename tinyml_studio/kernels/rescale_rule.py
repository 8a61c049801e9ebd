"""The rule that takes accumulators to the output's grid, in integers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.fixed_point import (
    multiply_by_quantized_multiplier,
    multiply_by_reduced_multiplier,
)
from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.program.program import QuantizedTensor

_INT32_EDGE = 1 << 31


@dataclass(frozen=True, eq=False)
class Rule:
    """``clamp(MBQM(acc, mantissa, shift), low, high)``, one multiplier per channel.

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
    """

    mantissa: Int64Array
    shift: Int64Array
    low: int
    high: int
    bounds: Int64Array
    reduced: bool

    @classmethod
    def of_tensor(
        cls, multiplier: Multiplier, low: int, high: int, worst: int, output: QuantizedTensor
    ) -> Rule:
        """One multiplier for all of a tensor; `low` and `high` are integers of the output."""
        return cls(
            mantissa=np.array([multiplier.mantissa]),
            shift=np.array([multiplier.shift]),
            low=low - output.zero_point,
            high=high - output.zero_point,
            bounds=np.array([worst]),
            reduced=False,
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
        multiply = (
            multiply_by_reduced_multiplier if self.reduced else multiply_by_quantized_multiplier
        )
        return np.clip(multiply(acc, mantissa, shift), self.low, self.high)

    @property
    def factors(self) -> NDArray[np.float64]:
        """The real factor of every channel ``(C,)``."""
        return np.asarray(self.mantissa * np.exp2(self.shift - 31.0))

    @property
    def first_rounding(self) -> NDArray[np.float64]:
        """How far the first of two roundings can move a result, ``(C,)``, in output steps."""
        return np.where(self.shift < 0, np.exp2(self.shift - 1.0), 0.0)

    @cached_property
    def thresholds(self) -> Int64Array:
        """T(k) for k in (low, high], ``(C, high - low)``: the least acc rounded to k or up."""
        levels = np.arange(self.low + 1, self.high + 1, dtype=np.int64)
        mantissa, shift = self.mantissa[:, None], self.shift[:, None]
        right, left = np.maximum(-shift, 0), np.maximum(shift, 0)
        # the least result of the high multiplication that the right shift rounds to k
        half = (np.int64(1) << right) >> 1
        needed = (levels << right) - half + ((levels <= 0) & (right > 0))
        needed = np.clip(needed, -_INT32_EDGE, _INT32_EDGE)
        goal, factor = (needed << 31) - (1 << 30), mantissa << left
        unreachable = np.where(goal > 0, np.int64(1) << 62, -(np.int64(1) << 62))
        return np.where(factor > 0, -(-goal // np.maximum(factor, 1)), unreachable)


def along_channels(values: NDArray[Any], rank: int) -> NDArray[Any]:
    """Channel values, shaped to broadcast along the second of `rank` axes."""
    return values.reshape(-1, *(1,) * (rank - 2))
