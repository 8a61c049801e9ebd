"""What another range of the weights would do: live while a line is dragged."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.gui.states.distribution import Float64Array
from tinyml_studio.gui.states.range_preview import RangePreview
from tinyml_studio.quantize.grids import weight_grid, weight_limits, with_powers_of_two
from tinyml_studio.quantize.scheme import LEAST_REACH, MOST_REACH

MOST_VALUES = 1 << 16
"""Weights that the preview is computed on, evenly spread over all."""


@dataclass(frozen=True, eq=False)
class WeightRanges:
    """The weights that share one factor of clipping.

    Parameters
    ----------
    rows
        Some of the weights, ``(R, K)``, one row per scale.
    largest
        ``(R,)`` largest magnitudes of all weights of each row.
    bits
        Width of the grid.
    powers_of_two
        Whether the scales are powers of two.
    """

    rows: Float64Array
    largest: Float64Array
    bits: int
    powers_of_two: bool = False
    is_symmetric = True

    def reach(self, limit: float) -> float:
        """The factor of the largest weight at which the widest grid ends at `limit`."""
        return min(max(limit / float(self.largest.max()), LEAST_REACH), MOST_REACH)

    def preview(self, low: float, high: float) -> RangePreview:
        """Grid, clipped share and SQNR of the weights when the widest grid ends at `high`."""
        reach = self.reach(max(-low, high))
        first, last = weight_limits(self.bits)
        grid = weight_grid(self.largest * reach / last, bits=self.bits, low=first, high=last)
        if self.powers_of_two:
            grid = with_powers_of_two(grid)
        scale = grid.scale.reshape(-1, 1)
        steps = self.rows / scale
        on_grid = np.clip(np.rint(steps), first, last) * scale
        noise = float(
            np.square(on_grid / self.largest.max() - self.rows / self.largest.max()).sum()
        )
        signal = float(np.square(self.rows / self.largest.max()).sum())
        sqnr = 10 * math.log10(signal / noise) if noise > 0 and signal > 0 else math.inf
        outside = np.count_nonzero(np.abs(steps) > last + 0.5) / max(self.rows.size, 1)
        end = float(grid.scale.max()) * last
        return RangePreview(-end, end, outside, sqnr)


def weight_ranges(
    weights: FloatArray, *, bits: int, per_channel: bool, powers_of_two: bool
) -> WeightRanges | None:
    """The model of a weight tensor ``(O, ...)``; None where there is no range to choose."""
    if bits == 1 or weights.size == 0:
        return None
    rows = weights.reshape(len(weights) if per_channel else 1, -1)
    largest = np.maximum(rows.max(axis=1), -rows.min(axis=1)).astype(np.float64)
    if not largest.max() > 0.0:
        return None
    stride = math.ceil(rows.size / MOST_VALUES)
    return WeightRanges(rows[:, ::stride].astype(np.float64), largest, bits, powers_of_two)
