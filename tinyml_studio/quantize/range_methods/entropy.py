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
            found = _divergences(counts[None, :], first, last, levels)[0]
            if found < best:
                best, kept = found, (max(low, -limit), min(high, limit))
        return kept

    def weight_scales(
        self, rows: RealArray, *, low: int, high: int, percentile: float
    ) -> RealArray:
        """The same on the magnitudes of each row."""
        del low, percentile
        magnitudes = np.abs(rows)
        largest = magnitudes.max(axis=1, initial=0.0)
        counts = _row_histograms(magnitudes, largest)
        best, kept = np.full(len(rows), np.inf), np.full(len(rows), _WEIGHT_BINS)
        for last in range(_WEIGHT_BINS, high, -_WEIGHT_BINS // 64):
            found = _divergences(counts, 0, last, high + 1)
            kept = np.where(found < best, last, kept)
            best = np.minimum(found, best)
        return np.asarray(largest * kept / _WEIGHT_BINS / high)


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


def _row_histograms(magnitudes: RealArray, largest: RealArray) -> RealArray:
    """Counts ``(R, bins)`` of each row between 0 and its largest magnitude."""
    unit = np.where(largest > 0, largest, 1.0)[:, None]
    bins = np.minimum((magnitudes / unit * _WEIGHT_BINS).astype(np.int64), _WEIGHT_BINS - 1)
    bins += np.arange(len(magnitudes))[:, None] * _WEIGHT_BINS
    flat = np.bincount(bins.ravel(), minlength=len(magnitudes) * _WEIGHT_BINS)
    return flat.reshape(len(magnitudes), _WEIGHT_BINS).astype(np.float64)


def _divergences(counts: RealArray, first: int, last: int, levels: int) -> RealArray:
    """Divergence of each row from itself clipped to bins [first, last) and merged to `levels`."""
    kept = counts[:, first:last]
    clipped = kept.copy()
    clipped[:, 0] += counts[:, :first].sum(axis=1)
    clipped[:, -1] += counts[:, last:].sum(axis=1)
    width = last - first
    groups = np.arange(width) * levels // width
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    sizes = np.diff(np.append(starts, width))
    taken = np.maximum(np.add.reduceat(kept > 0, starts, axis=1, dtype=np.float64), 1.0)
    merged = np.repeat(np.add.reduceat(kept, starts, axis=1) / taken, sizes, axis=1) * (kept > 0)
    reference = clipped / np.maximum(clipped.sum(axis=1, keepdims=True), 1.0)
    candidate = merged / np.maximum(merged.sum(axis=1, keepdims=True), 1.0)
    ratio = np.maximum(reference, _FLOOR) / np.maximum(candidate, _FLOOR)
    return np.asarray((reference * np.log(ratio)).sum(axis=1))
