"""What a clipping range would do to an activation, from its histogram alone: live in a drag."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tinyml_studio.gui.states.distribution import Float64Array
from tinyml_studio.gui.states.text import decibel, percent, real
from tinyml_studio.quantize.ranges import activation_params
from tinyml_studio.quantize.scheme import RangeMethod

if TYPE_CHECKING:
    from tinyml_studio.calibrate.statistics import TensorStats
    from tinyml_studio.quantize.params import QuantParams


@dataclass(frozen=True, slots=True)
class RangePreview:
    """A grid and its error on the values seen.

    Parameters
    ----------
    low, high
        First and last level of the grid, in real units.
    clipped
        Share of the values that more than half a step lies between them and the grid.
    sqnr_db
        Signal over error of rounding and clipping; the weights' error is not in it.
    """

    low: float
    high: float
    clipped: float
    sqnr_db: float

    def __str__(self) -> str:
        limits = f"{real(self.low, figures=3)} … {real(self.high, figures=3)}"
        return f"{limits} · {percent(self.clipped, digits=2)} clipped · {decibel(self.sqnr_db)}"


@dataclass(frozen=True, eq=False)
class RangeModel:
    """The values of an activation as a histogram.

    Parameters
    ----------
    edges, counts
        ``(n + 1,)`` ascending edges and ``(n,)`` counts; uniform within a bin.
    zeros
        Values that are exactly 0, not in `counts`: they have no error on any grid.
    power
        Sum of the squares of all values.
    bits
        Width of the grid.
    powers_of_two
        Whether the scale is a power of two.
    """

    edges: Float64Array
    counts: Float64Array
    zeros: float
    power: float
    bits: int
    powers_of_two: bool = False
    is_symmetric = False

    def preview(self, low: float, high: float) -> RangePreview:
        """Grid, clipped share and SQNR of the range from `low` to `high`, widened to hold 0."""
        params = activation_params(
            None,
            bits=self.bits,
            method=RangeMethod.MINMAX,
            manual=(min(low, 0.0), max(high, 0.0)),
            powers_of_two=self.powers_of_two,
        )
        scale = float(params.scale[0])
        first = (params.low - params.zero_point) * scale
        last = (params.high - params.zero_point) * scale
        error = self._squared_error(params)
        ratio = self.power / error if error > 0 else math.inf
        sqnr = 10 * math.log10(ratio) if ratio > 0 else -math.inf
        return RangePreview(first, last, self._outside(first, last, scale / 2), sqnr)

    def _squared_error(self, params: QuantParams) -> float:
        """Sum of squared errors; exact for values that are uniform within their bins."""
        scale = float(params.scale[0])
        steps = self.edges / scale
        inside = np.clip(steps, params.low - params.zero_point, params.high - params.zero_point)
        beyond = steps - inside
        nearest = np.rint(inside)
        rest = inside - nearest
        integral = nearest / 12.0 + (rest**3 + beyond**3) / 3.0
        widths = np.maximum(np.diff(steps), np.finfo(np.float64).tiny)
        return float((np.diff(integral) / widths) @ self.counts) * scale**2

    def _outside(self, first: float, last: float, half: float) -> float:
        """Share of the values beyond the outermost cells."""
        total = float(self.counts.sum()) + self.zeros
        running = np.concatenate(([0.0], np.cumsum(self.counts)))
        below = float(np.interp(first - half, self.edges, running))
        above = float(running[-1] - np.interp(last + half, self.edges, running))
        return (below + above) / total if total else 0.0


def range_model(stats: TensorStats, *, bits: int, powers_of_two: bool) -> RangeModel | None:
    """The model of an activation; None where there is no range to choose.

    Behind a Relu the bin that begins at 0 towers over its neighbour: what it holds more is taken
    to be exact zeros.
    """
    counts = stats.histogram.counts.astype(np.float64)
    if stats.min == stats.max or counts.size < 2:
        return None
    zeros = 0.0
    if stats.min == 0.0:
        zeros = max(float(counts[0] - counts[1]), 0.0)
        counts[0] -= zeros
    power = stats.mean_square * stats.count
    return RangeModel(stats.histogram.edges, counts, zeros, power, bits, powers_of_two)
