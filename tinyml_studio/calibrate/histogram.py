"""A histogram that grows with its data, exactly: counting in parts and merging loses nothing.

Every bin is ``[k * 2**e, (k + 1) * 2**e)`` with an integer k, and the exponent e is the smallest
one with which at most `MOST_BINS` bins reach from the least to the greatest value. Zero is so
always an edge between bins. Doubling the width joins bins 2k and 2k + 1, which is what counting
with the wider bins would have given: the result depends on the values only, neither on their order
nor on how they were cut into batches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray, Int64Array

MOST_BINS = 2048
MANTISSA_BITS = 23
INT64_BITS = 64
LEAST_EXPONENT = -149  # of the smallest denormal float32
FLOAT32_EXPONENTS = range(-126, 1)  # widths by which float32 can be divided without rounding
BLOCK = 2**15  # values binned at a time; the buffers stay in the cache


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of float32 values.

    Parameters
    ----------
    exponent
        The bins are ``2 ** exponent`` wide.
    first
        The first bin starts at ``first * 2 ** exponent``.
    counts
        Values per bin ``(B,)``, at most `MOST_BINS`; the first and the last bin are not empty.
    """

    exponent: int
    first: int
    counts: Int64Array

    @property
    def edges(self) -> NDArray[np.float64]:
        """Ends of the bins ``(B + 1,)``, ascending, exact."""
        steps = np.arange(self.first, self.first + self.counts.size + 1, dtype=np.float64)
        edges: NDArray[np.float64] = np.ldexp(steps, self.exponent)
        return edges

    @property
    def width(self) -> float:
        """Width of every bin."""
        return math.ldexp(1.0, self.exponent)

    @property
    def total(self) -> int:
        """Number of values counted."""
        return int(self.counts.sum())

    def merged(self, other: Histogram) -> Histogram:
        """The histogram of the values of both."""
        exponent = max(self.exponent, other.exponent)
        while True:
            parts = [part.widened(exponent) for part in (self, other)]
            first = min(part.first for part in parts)
            size = max(part.first + part.counts.size for part in parts) - first
            if size <= MOST_BINS:
                break
            exponent += 1
        counts = np.zeros(size, np.int64)
        for part in parts:
            counts[part.first - first :][: part.counts.size] += part.counts
        return Histogram(exponent, first, counts)

    def widened(self, exponent: int) -> Histogram:
        """The same values in bins of ``2 ** exponent``, which is not less than now."""
        shift = exponent - self.exponent
        if shift == 0:
            return self
        bins = np.arange(self.first, self.first + self.counts.size, dtype=np.int64)
        joined = bins >> min(shift, INT64_BITS - 1)
        first = int(joined[0])
        places = joined - first
        counts = np.zeros(int(places[-1]) + 1, np.int64)
        np.add.at(counts, places, self.counts)
        return Histogram(exponent, first, counts)


def histogram_of(values: FloatArray, low: float, high: float) -> Histogram:
    """Histogram of finite values of any shape, of which `low` and `high` are the extremes."""
    flat = values.reshape(-1)
    exponent = _exponent_for(low, high)
    first, last = _bin_of(low, exponent), _bin_of(high, exponent)
    counts = np.zeros(last - first + 1, np.int64)
    carrier: type[np.floating[Any]] = np.float32 if exponent in FLOAT32_EXPONENTS else np.float64
    places = np.empty(min(BLOCK, flat.size), carrier)
    indices = np.empty(places.size, np.intp)
    for start in range(0, flat.size, BLOCK):
        block = flat[start : start + BLOCK]
        place, index = places[: block.size], indices[: block.size]
        np.multiply(block, carrier(math.ldexp(1.0, -exponent)), out=place)
        np.floor(place, out=place)
        np.subtract(place, carrier(first), out=index, casting="unsafe")
        counts += np.bincount(index, minlength=counts.size)
    return Histogram(exponent, first, counts)


def _exponent_for(low: float, high: float) -> int:
    """The exponent of the narrowest bins that reach from `low` to `high`."""
    magnitude = max(abs(low), abs(high))
    finest = math.frexp(magnitude)[1] - 1 - MANTISSA_BITS if magnitude else LEAST_EXPONENT
    span = (high - low) / MOST_BINS
    exponent = max(LEAST_EXPONENT, finest, math.frexp(span)[1] - 1 if span else LEAST_EXPONENT)
    while _bin_of(high, exponent) - _bin_of(low, exponent) >= MOST_BINS:
        exponent += 1
    return exponent


def _bin_of(value: float, exponent: int) -> int:
    """Number k of the bin that holds `value`."""
    return math.floor(math.ldexp(value, -exponent))
