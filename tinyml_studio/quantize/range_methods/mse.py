"""MSE-optimal: the range whose rounding and clipping errors together are smallest.

Source of the idea: Nagel et al. 2021 (arXiv 2106.08295), section 3.1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.quantize.range_methods.method import RealArray, Seen
from tinyml_studio.quantize.range_methods.weight_mse import optimal_scales

_FIRST_FACTOR = 0.7  # between neighbours of the first round of candidates
_FIRST_STEPS = 10  # down to 0.7**9, 4 % of the full range
_ROUNDS = 3  # each four times finer than the one before


class _Grids(NamedTuple):
    """Candidate grids: a scale each, and the first and last integer relative to zero's."""

    scale: RealArray
    bottom: RealArray
    top: RealArray


class Mse:
    """Searches the clipping of both ends on the histogram; weights are solved per row."""

    def activation_range(self, seen: Seen, *, bits: int, percentile: float) -> tuple[float, float]:
        """The best pair of limits; values are taken as uniform within a bin of the histogram.

        At 16 bits a step is far smaller than a bin, and clipping never pays.
        """
        del percentile
        low, high = min(float(seen.min), 0.0), max(float(seen.max), 0.0)
        edges = np.asarray(seen.histogram.edges, np.float64)
        counts = np.asarray(seen.histogram.counts, np.float64)
        solid = (counts > 0) & (np.diff(edges) > 0)
        if low == high or bits == 16 or not solid.any():
            return low, high
        best = np.array([1.0, 1.0])
        powers = np.arange(_FIRST_STEPS, dtype=np.float64)
        factor = _FIRST_FACTOR
        for _ in range(_ROUNDS):
            pairs = _ratio_pairs(best, factor**powers, low=low, high=high)
            grids = _grids(pairs[:, 0] * low, pairs[:, 1] * high, bits)
            best = pairs[np.argmin(_errors(grids, edges, counts * solid))]
            powers, factor = np.arange(-4.0, 5.0), factor**0.25
        return float(best[0] * low), float(best[1] * high)

    def weight_scales(
        self, rows: RealArray, *, low: int, high: int, percentile: float
    ) -> RealArray:
        """The scale with the smallest squared error of each row."""
        del percentile
        return optimal_scales(rows, low=low, high=high)


def _ratio_pairs(best: RealArray, factors: RealArray, *, low: float, high: float) -> RealArray:
    """Shares ``(P, 2)`` of the low and the high end to try; an end at zero has nothing to try."""
    firsts = np.unique(np.minimum(best[0] * factors, 1.0))[::-1] if low < 0 else best[:1]
    seconds = np.unique(np.minimum(best[1] * factors, 1.0))[::-1] if high > 0 else best[1:]
    return np.stack(np.meshgrid(firsts, seconds, indexing="ij"), axis=-1).reshape(-1, 2)


def _grids(low: RealArray, high: RealArray, bits: int) -> _Grids:
    """The asymmetric grids that `activation_grid` would make of these ranges."""
    kind = IntType(bits)
    scale = (high - low) / (kind.max - kind.min)
    zero_point = np.clip(np.floor(kind.min - low / scale + 0.5), kind.min, kind.max)
    return _Grids(scale, kind.min - zero_point, kind.max - zero_point)


def _errors(grids: _Grids, edges: RealArray, counts: RealArray) -> RealArray:
    """Sum of squared errors over the histogram for each candidate, exact for uniform bins."""
    widths = np.maximum(np.diff(edges), np.finfo(np.float64).tiny)
    steps = edges * (1.0 / grids.scale)[:, None]
    inside = np.clip(steps, grids.bottom[:, None], grids.top[:, None])
    outside = steps - inside
    nearest = np.rint(inside)
    inside -= nearest
    # the integral of (u - q(u))**2 over u: 1/12 for every whole step, a cubic for what is left
    integral = nearest * (1.0 / 12.0) + (inside * inside * inside + outside * outside * outside) / 3
    sums = np.diff(integral, axis=1) @ (counts / widths)
    return np.asarray(sums * grids.scale**3)
