"""Entropy: the clipping that changes the distribution least (Kullback-Leibler divergence).

Source: S. Migacz, 8-bit inference with TensorRT, GTC 2017.
"""

from __future__ import annotations

import numpy as np

from tinyml_studio.quantize.range_methods.method import RealArray, Seen

_CANDIDATES = 96
_WEIGHT_BINS = 512
_FLOOR = 1e-9  # stands for a probability of zero, so that the divergence stays finite


class Entropy:
    """Merges the histogram's bins into as many as the grid has, and compares."""

    def activation_range(self, seen: Seen, *, bits: int, percentile: float) -> tuple[float, float]:
        """Both ends are cut at one magnitude; an end that lies nearer to zero stays.

        A histogram with fewer bins than the grid has steps (16 bits) says nothing about clipping:
        the range then covers everything.
        """
        del percentile
        low, high = min(float(seen.min), 0.0), max(float(seen.max), 0.0)
        edges = np.asarray(seen.histogram.edges, np.float64)
        counts = _without_zero_peak(np.asarray(seen.histogram.counts, np.float64), edges)
        levels = 1 << bits
        if low == high or len(counts) <= levels:
            return low, high
        best, kept = np.inf, (low, high)
        for limit in np.linspace(max(-low, high), 0.0, _CANDIDATES, endpoint=False):
            first = int(np.searchsorted(edges, max(low, -limit), side="right")) - 1
            last = int(np.searchsorted(edges, min(high, limit), side="left"))
            first, last = max(first, 0), min(last, len(counts))
            if last - first < levels:
                break
            found = _divergence(counts, first, last, levels)
            if found < best:
                best, kept = found, (max(low, -limit), min(high, limit))
        return kept

    def weight_scales(
        self, rows: RealArray, *, low: int, high: int, percentile: float
    ) -> RealArray:
        """One share of every row's largest magnitude, from the magnitudes of all rows together.

        A row alone has too few weights for a histogram.
        """
        del low, percentile
        magnitudes = np.abs(rows)
        largest = magnitudes.max(axis=1, initial=0.0)
        counts = _shared_histogram(magnitudes, largest)
        best, kept = np.inf, _WEIGHT_BINS
        for last in range(_WEIGHT_BINS, high, -_WEIGHT_BINS // 64):
            found = _divergence(counts, 0, last, high + 1)
            if found < best:
                best, kept = found, last
        return np.asarray(largest * (kept / _WEIGHT_BINS / high))


def _without_zero_peak(counts: RealArray, edges: RealArray) -> RealArray:
    """Counts in which the bin that holds zero is no higher than its neighbours.

    Zero is on every grid, so the many zeros behind a Relu must not draw the grid towards them.
    """
    index = int(np.clip(np.searchsorted(edges, 0.0, side="right") - 1, 0, len(counts) - 1))
    beside = counts[max(index - 1, 0) : index + 2].copy()
    beside[min(index, 1)] = 0.0
    levelled = counts.copy()
    levelled[index] = min(levelled[index], beside.max(initial=0.0))
    return levelled


def _shared_histogram(magnitudes: RealArray, largest: RealArray) -> RealArray:
    """Counts ``(bins,)`` of all weights as shares of their row's largest magnitude."""
    live = largest > 0
    shares = magnitudes[live] / largest[live, None]
    bins = np.minimum((shares * _WEIGHT_BINS).astype(np.int64), _WEIGHT_BINS - 1)
    return np.bincount(bins.ravel(), minlength=_WEIGHT_BINS).astype(np.float64)


def _divergence(counts: RealArray, first: int, last: int, levels: int) -> float:
    """How far a histogram is from itself clipped to bins [first, last), merged to `levels`."""
    kept = counts[first:last]
    clipped = kept.copy()
    clipped[0] += counts[:first].sum()
    clipped[-1] += counts[last:].sum()
    width = last - first
    groups = np.arange(width) * levels // width
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(np.append(starts, width))
    taken = np.maximum(np.add.reduceat(kept > 0, starts, dtype=np.float64), 1.0)
    merged = np.repeat(np.add.reduceat(kept, starts) / taken, sizes) * (kept > 0)
    reference = clipped / max(clipped.sum(), 1.0)
    candidate = merged / max(merged.sum(), 1.0)
    ratio = np.maximum(reference, _FLOOR) / np.maximum(candidate, _FLOOR)
    return float((reference * np.log(ratio)).sum())
