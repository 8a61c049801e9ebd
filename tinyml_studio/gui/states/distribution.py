"""Histograms of one layer: float values, and the integers that stand for them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.gui.states.text import real

Float64Array = NDArray[np.float64]
BINS, FEWEST_BINS = 160, 24
FEW = 48
_EMPTY = np.zeros(0)


class Preview(Protocol):
    """What a clipping range would do, in words."""

    @property
    def low(self) -> float:
        """First level of the grid."""

    @property
    def high(self) -> float:
        """Last level of the grid."""


class Ranges(Protocol):
    """Tells what a clipping range would do, in real units."""

    @property
    def is_symmetric(self) -> bool:
        """Whether the range reaches as far below 0 as above."""

    def preview(self, low: float, high: float) -> Preview:
        """The grid of a range and its error."""


@dataclass(frozen=True, eq=False)
class Outline:
    """The integers before the last change, in the units of the plot that shows them.

    Parameters
    ----------
    edges, shares
        ``(n + 1,)`` ascending edges and ``(n,)`` shares of one.
    limits
        First and last level of the grid.
    """

    edges: Float64Array
    shares: Float64Array
    limits: tuple[float, float]


@dataclass(frozen=True, eq=False)
class HistogramState:
    """One plot; x values are real values divided by ``10**exponent``.

    Parameters
    ----------
    title
        What is shown, such as ``Weights``.
    facts
        Bits, scale, zero point, clipped share: one short line.
    edges, shares
        The float histogram: ``(n + 1,)`` ascending edges and ``(n,)`` shares of one.
    integer_shares
        The integers on the same bins, each level spread over its cell; ``(n,)`` or empty.
    levels
        Places of the grid's levels, ascending; empty when too many to draw.
    limits
        First and last level of the grid; None without a grid.
    note
        What is special about the values, such as ``constant``; empty otherwise.
    ranges
        Tells what another clipping range would do; None where the range cannot be chosen.
    is_manual
        The range was set by hand.
    outliers
        Places of the outermost values that cost much of the range.
    before
        The integers before the last change; None where there is nothing to compare with.
    """

    title: str
    facts: str
    edges: Float64Array
    shares: Float64Array
    integer_shares: Float64Array = field(default_factory=lambda: _EMPTY)
    levels: Float64Array = field(default_factory=lambda: _EMPTY)
    limits: tuple[float, float] | None = None
    exponent: int = 0
    note: str = ""
    ranges: Ranges | None = None
    is_manual: bool = False
    outliers: Float64Array = field(default_factory=lambda: _EMPTY)
    before: Outline | None = None

    @property
    def is_symmetric(self) -> bool:
        """Whether both ends of the range move together."""
        return self.ranges is not None and self.ranges.is_symmetric


HUGE = 1e30
"""Differences of smaller float32 values stay far from the largest one."""


def display_exponent(largest: float) -> int:
    """Power of ten that the axis is divided by: 0 for ordinary numbers."""
    if largest == 0 or 1e-3 <= largest < 1e5:
        return 0
    return math.floor(math.log10(largest))


def bin_values(values: NDArray[np.floating]) -> tuple[Float64Array, Float64Array]:
    """Edges and counts of any finite values, in more bins the more values there are.

    `numpy.histogram` refuses ranges of one ulp, of denormals and of ±3.4e38; this does not.
    """
    flat = values.ravel()
    if flat.size and not (np.isfinite(flat.min()) and np.isfinite(flat.max())):
        flat = flat[np.isfinite(flat)]
    if flat.size == 0:
        return _EMPTY, _EMPTY
    low, high = float(flat.min()), float(flat.max())
    if low == high:
        half = abs(low) * 0.05 or 0.5
        return np.array([low - half, high + half]), np.array([float(flat.size)])
    bins = min(max(round(2 * math.sqrt(flat.size)), FEWEST_BINS), BINS)
    index = _bin_index(flat, low, high, bins)
    edges = low + (high - low) * np.arange(bins + 1) / bins
    return edges, np.bincount(index, minlength=bins).astype(np.float64)


def _bin_index(flat: NDArray[np.floating], low: float, high: float, bins: int) -> NDArray[np.int32]:
    """The bin of every value; in the values' own type, twice as fast, where that is safe."""
    largest = max(abs(low), abs(high))
    is_tame = high - low > max(1e-30, 1e-4 * largest)
    wide = flat if is_tame else flat.astype(np.float64)
    shrink = 1.0 if largest < HUGE else 2.0**-64  # exact, and differences do not overflow
    place = wide - wide.dtype.type(low) if shrink == 1.0 else wide * wide.dtype.type(shrink)
    if shrink != 1.0:
        place -= place.dtype.type(low * shrink)
    place *= place.dtype.type(bins / (high - low) / shrink)
    np.clip(place, 0, bins - 1, out=place)
    return place.astype(np.int32)


def spread_levels(
    levels: Float64Array, counts: Float64Array, steps: Float64Array, edges: Float64Array
) -> Float64Array:
    """Counts of grid levels on the bins of `edges`, each spread evenly over its cell.

    Parameters
    ----------
    levels, counts
        ``(C, L)``: real value and count of every level of every channel's grid.
    steps
        ``(C,)``: distance of the levels of a channel.
    edges
        ``(n + 1,)`` ascending.

    Returns
    -------
    Float64Array
        ``(n,)``: what falls beyond the edges is left out.
    """
    channels, cells = levels.shape
    heights = np.zeros((channels, cells + 2))  # one cell more, so that the last has a neighbour
    np.cumsum(counts, axis=1, out=heights[:, 1:-1])
    heights[:, -1] = heights[:, -2]
    widths = steps.reshape(-1, 1)
    place = edges / widths - (levels[:, :1] / widths - 0.5)
    np.clip(place, 0.0, float(cells), out=place)
    below = place.astype(np.int32)
    place -= below
    below += (cells + 2) * np.arange(channels, dtype=np.int32).reshape(-1, 1)
    flat = heights.ravel()
    start = flat.take(below)
    below += 1
    start += place * (flat.take(below) - start)
    return np.diff(start.sum(axis=0))


def extended_edges(
    edges: Float64Array, counts: Float64Array, low: float, high: float
) -> tuple[Float64Array, Float64Array]:
    """The histogram with empty bins of the same width out to `low` and `high`.

    At most as many bins as there are already are added on each side: a grid far wider than its
    values must not squeeze them into nothing.
    """
    width = float(edges[-1] - edges[0]) / counts.size
    most = max(counts.size, BINS // 2)
    before = min(max(math.ceil((edges[0] - low) / width), 0), most)
    after = min(max(math.ceil((high - edges[-1]) / width), 0), most)
    head = edges[0] - width * np.arange(before, 0, -1)
    tail = edges[-1] + width * np.arange(1, after + 1)
    return (
        np.concatenate((head, edges, tail)),
        np.concatenate((np.zeros(before), counts, np.zeros(after))),
    )


def describe_values(count: int, distinct: int, low: float, high: float) -> str:
    """What is special about the values; empty for an ordinary spread."""
    if count == 0:
        return "no values"
    if low == high:
        return f"constant: every value is {real(low)}" if count > 1 else f"one value: {real(low)}"
    if distinct <= FEW:
        return f"{distinct} distinct values"
    return ""
