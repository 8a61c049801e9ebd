"""From a histogram to what is drawn of it: heights, ticks, and which levels can be told apart."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from tinyml_studio.gui.states.distribution import Float64Array, HistogramState
from tinyml_studio.gui.states.text import real

DECADES = 6
ROOM_PER_LEVEL = 4.0


@dataclass(frozen=True, eq=False)
class Curve:
    """Heights over the bins; on a logarithmic axis decades above `floor`, else shares of one.

    `floor` is the logarithm of the share that has height 0; None on a linear axis. `cut` says which
    bin is higher than the axis.
    """

    edges: Float64Array
    float_heights: Float64Array
    integer_heights: Float64Array
    top: float
    floor: float | None
    cut: str = ""
    before_edges: Float64Array = field(default_factory=lambda: np.zeros(0))
    before_heights: Float64Array = field(default_factory=lambda: np.zeros(0))


def drawn_curve(state: HistogramState, *, log: bool) -> Curve:
    """Heights of the histograms on one axis, what was before the last change among them."""
    curve, before = _curve_of_now(state, log=log), state.before
    if before is None or state.shares.size == 0:
        return curve
    if curve.floor is None:
        heights = np.minimum(before.shares, curve.top)
    else:
        heights = _decades(before.shares, int(curve.floor))
    return replace(curve, before_edges=before.edges, before_heights=heights)


def _curve_of_now(state: HistogramState, *, log: bool) -> Curve:
    """Heights of both histograms on one axis.

    A linear axis is not as high as a single bin that towers over all others, such as the zeros
    behind a Relu: that bin is cut, so that the rest can be seen.
    """
    if state.shares.size == 0:
        return Curve(state.edges, state.shares, state.integer_shares, 1.0, None)
    both = np.concatenate((state.shares, state.integer_shares))
    if not log:
        top = _linear_top(both)
        return Curve(
            state.edges,
            np.minimum(state.shares, top),
            np.minimum(state.integer_shares, top),
            top,
            None,
            _cut_note(state, top),
        )
    smallest = float(both[both > 0].min())
    highest = math.log10(float(both.max()))
    floor = max(math.floor(math.log10(smallest)), math.floor(highest) - DECADES)
    return Curve(
        state.edges,
        _decades(state.shares, floor),
        _decades(state.integer_shares, floor),
        max((highest - floor) * 1.08, 1.0),
        float(floor),
    )


def _cut_note(state: HistogramState, top: float) -> str:
    highest = int(np.argmax(state.shares))
    if state.shares[highest] <= top:
        return ""
    place = float(state.edges[highest] + state.edges[highest + 1]) / 2
    near = 0.0 if state.edges[highest] <= 0.0 <= state.edges[highest + 1] else place
    return f"{state.shares[highest] * 100:.0f} % at {real(near, figures=2)}, cut off"


def _linear_top(shares: Float64Array) -> float:
    """Top of a linear axis: the highest bin, or that of the others when it towers."""
    used = np.sort(shares[shares > 0])
    highest = float(used[-1])
    if used.size < 12:
        return highest * 1.08
    usual = float(used[-max(4, used.size // 25)])
    rest = float(used[used <= usual * 4.0].max())
    return rest * 1.2 if highest > rest * 2.0 else highest * 1.08


def _decades(shares: Float64Array, floor: float) -> Float64Array:
    heights = np.zeros(shares.size)
    seen = shares > 0
    heights[seen] = np.maximum(np.log10(shares[seen]) - floor, 0.0)
    return heights


def share_ticks(curve: Curve) -> list[tuple[float, str]]:
    """Labels of the y axis in percent."""
    if curve.floor is None:
        step = nice_step(curve.top, 3)
        count = int(curve.top / step)
        return [(step * place, _percent(step * place)) for place in range(count + 1)]
    decades = int(curve.top)
    every = max(1, math.ceil(decades / 3))
    return [
        (float(place), _percent(10.0 ** (place + curve.floor)))
        for place in range(0, decades + 1, every)
    ]


def x_ticks(low: float, high: float) -> list[tuple[float, str]]:
    """Round places between `low` and `high`, labelled with as many digits as they need."""
    step = nice_step(high - low, 5)
    if step <= 0 or not math.isfinite(step):
        return []
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    middle = max(abs(low), abs(high))
    if last - first < 1 or digits > 6 or middle > 1e6 * step:
        return [(low + (high - low) / 2, real(low + (high - low) / 2))]
    return [
        (min(max(place * step, low), high), f"{place * step:.{digits}f}".replace("-", "−"))
        for place in range(first, last + 1)
    ]


def roomier(
    low: float, high: float, pixels: float, *, before: float = 0.0, behind: float = 0.0
) -> tuple[float, float]:
    """Ends of an axis of so many pixels that leave some free before `low` and behind `high`."""
    shown = pixels - before - behind
    if shown < pixels / 2 or shown <= 0:
        return low, high
    unit = (high - low) / shown
    return low - before * unit, high + behind * unit


def nice_step(span: float, parts: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that cuts `span` into about `parts` parts."""
    if span <= 0 or not math.isfinite(span):
        return 1.0
    rough = span / parts
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 5.0):
        if rough <= power * factor * 1.0001:
            return power * factor
    return power * 10.0


def drawn_levels(state: HistogramState, pixels: float) -> Float64Array:
    """Levels of the grid to draw on an axis that is `pixels` wide; none when too close."""
    if state.levels.size < 2 or state.edges.size < 2 or pixels <= 0:
        return state.levels
    low, high = float(state.edges[0]), float(state.edges[-1])
    seen = state.levels[(state.levels >= low) & (state.levels <= high)]
    distance = float(state.levels[1] - state.levels[0]) * pixels / (high - low)
    return seen if distance >= ROOM_PER_LEVEL else np.zeros(0)


def _percent(share: float) -> str:
    return (
        "0" if share == 0 else f"{share * 100:.3g} %" if share >= 1e-4 else f"{real(share * 100)} %"
    )


def merged(heights: Float64Array, most: int) -> tuple[Float64Array, int]:
    """Heights ``(N,)`` as at most `most` bars, and how many neighbours each of them stands for.

    One that stands for several is as high as the highest of them, as they look over each other.
    """
    span = max(1, -(-len(heights) // most))
    if span == 1:
        return heights, 1
    starts = np.arange(0, len(heights), span)
    top, low = np.fmax.reduceat(heights, starts), np.fmin.reduceat(heights, starts)
    return np.where(top >= -low, top, low), span
