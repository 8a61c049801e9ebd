"""Percentile: the range leaves the rarest values out."""

from __future__ import annotations

import numpy as np

from tinyml_studio.quantize.range_methods.method import RealArray, Seen


class Percentile:
    """Keeps a stated share of the values; the rest, half at each end, is clipped."""

    def activation_range(self, seen: Seen, *, bits: int, percentile: float) -> tuple[float, float]:
        """Quantiles of the histogram, linear within a bin, never outside what was seen."""
        del bits
        edges = np.asarray(seen.histogram.edges, np.float64)
        below = np.concatenate([[0.0], np.cumsum(seen.histogram.counts, dtype=np.float64)])
        if below[-1] == 0:
            return float(seen.min), float(seen.max)
        tail = (100.0 - percentile) / 200.0
        low = _quantile(below, edges, tail * below[-1])
        high = _quantile(below, edges, (1.0 - tail) * below[-1])
        return max(low, float(seen.min)), min(high, float(seen.max))

    def weight_scales(
        self, rows: RealArray, *, low: int, high: int, percentile: float
    ) -> RealArray:
        """The percentile of the magnitudes meets the last integer.

        A row of which fewer than that share is not zero keeps its largest magnitude.
        """
        del low
        magnitudes = np.abs(rows)
        limits = np.percentile(magnitudes, percentile, axis=1)
        largest = magnitudes.max(axis=1, initial=0.0)
        return np.asarray(np.where(limits > 0, limits, largest) / high)


def _quantile(below: RealArray, edges: RealArray, rank: float) -> float:
    """The value that `rank` counts lie below; `below` is the cumulative count at each edge."""
    upper = int(np.searchsorted(below, rank, side="left"))
    if upper == 0:
        return float(edges[0])
    upper = min(upper, len(below) - 1)
    share = (rank - below[upper - 1]) / (below[upper] - below[upper - 1])
    return float(edges[upper - 1] + min(share, 1.0) * (edges[upper] - edges[upper - 1]))
