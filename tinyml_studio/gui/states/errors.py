"""What the error chart shows: one pair of figures per layer in the chosen metric."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from tinyml_studio.gui.states.causes import CauseBar
from tinyml_studio.gui.states.distribution import Float64Array
from tinyml_studio.gui.states.layers import SUSPECT_DB
from tinyml_studio.gui.states.terms import SQNR
from tinyml_studio.gui.states.text import decibel, elided, real


class Metric(StrEnum):
    """How an error is measured."""

    SQNR = "SQNR"
    MSE = "MSE"
    COSINE = "Cosine"
    MAX_ABS = "Max abs"


METRIC_TIPS: dict[Metric, str] = {
    Metric.SQNR: f"{SQNR}. Higher is better",
    Metric.MSE: "Mean of the squared error, in the square of the tensor's unit. Lower is better",
    Metric.COSINE: "Cosine of the angle between float and integer output. One is best",
    Metric.MAX_ABS: "Largest absolute error. Lower is better",
}


@dataclass(frozen=True, slots=True)
class ErrorBar:
    """One layer: only it quantized, all up to it, and what the first makes of the model's output.

    None where it is not measured.
    """

    key: str
    name: str
    isolated: float | None
    cumulative: float | None
    amplified: float | None = None


@dataclass(frozen=True, slots=True)
class ErrorState:
    """The chart's content in network order.

    Parameters
    ----------
    metric, bars
        How errors are measured, and those of the layers.
    selected
        The true name of the layer that is selected.
    hint
        What stands in the place of the chart; empty when the chart does.
    pending
        Newer figures are on their way.
    causes
        The split of each isolated error; None shows the errors themselves.
    note
        A word beside the legend as long as nothing is pointed at.
    is_old
        What arrives at the output, and the causes, are those before the last change.
    asks_data
        Calibration data would bring something to show.
    """

    metric: Metric = Metric.SQNR
    bars: tuple[ErrorBar, ...] = ()
    selected: str = ""
    hint: str = ""
    pending: bool = False
    causes: tuple[CauseBar, ...] | None = None
    note: str = ""
    is_old: bool = False
    asks_data: bool = False

    @property
    def has_amplified(self) -> bool:
        """Whether it is known how much of any layer's error arrives."""
        return any(bar.amplified is not None for bar in self.bars)


SLANT_DEGREES = 38.0
SLANTED_SPACING = 1.1 / math.sin(math.radians(SLANT_DEGREES))
"""Distance of slanted names in heights of a line, so that they do not touch."""

SHORT = 3
"""Names of so few characters are left out rather than slanted."""

MOST_DB = 90.0
"""The axis ends here: a layer that is nearly exact must not press the others to the ground."""

MOST_BARS = 400
"""More bars than this cannot be told apart on any screen."""


def worst_bars(bars: Sequence[ErrorBar], metric: Metric, selected: str) -> tuple[ErrorBar, ...]:
    """At most `MOST_BARS` bars: of each run of neighbours the worst, or the selected one."""
    step = math.ceil(len(bars) / MOST_BARS)
    if step <= 1:
        return tuple(bars)
    lower_is_worse = metric in (Metric.SQNR, Metric.COSINE)

    def badness(bar: ErrorBar) -> tuple[bool, float]:
        value = bar.cumulative
        if value is None or math.isnan(value):
            return bar.key == selected, -math.inf
        return bar.key == selected, -value if lower_is_worse else value

    groups = (bars[first : first + step] for first in range(0, len(bars), step))
    return tuple(max(group, key=badness) for group in groups)


@dataclass(frozen=True, slots=True)
class Scale:
    """How a metric is drawn: bars start at `base` on an axis that may be logarithmic.

    `unit` stands behind the figures of the axis.
    """

    title: str
    base: float
    low: float
    high: float
    is_log: bool = False
    suspect: float | None = None
    unit: str = ""


def drawn_scale(metric: Metric, bars: Sequence[ErrorBar]) -> Scale:
    """Axis of the chart that holds all finite values with some room above."""
    given = [(bar.isolated, bar.cumulative, bar.amplified) for bar in bars]
    known = np.array(given, np.float64).reshape(-1)
    values = known[np.isfinite(known)]
    if metric is Metric.SQNR:
        low = float(values.min(initial=0.0))
        high = min(float(values.max(initial=SUSPECT_DB * 1.5)), MOST_DB)
        return Scale("SQNR (dB)", 0.0, low * 1.1, high * 1.08, suspect=SUSPECT_DB, unit="dB")
    if metric is Metric.COSINE:
        low = float(values.min(initial=0.99))
        floor = max(-1.0, 1.0 - (1.0 - low) * 1.15)
        return Scale("Cosine", floor, floor, 1.0 + (1.0 - floor) * 0.04)
    title = "MSE" if metric is Metric.MSE else "Largest error"
    positive = values[values > 0]
    if not positive.size:
        return Scale(title, 0.0, 0.0, 1.0)
    least, most = float(positive.min()), float(positive.max())
    if metric is Metric.MAX_ABS and most < 1000 * least:
        return Scale(title, 0.0, 0.0, most * 1.08)
    low = math.floor(math.log10(least) - 0.3)
    high = math.log10(most) + 0.2
    return Scale(title, low, low, max(high, low + 1.0), is_log=True)


def drawn_heights(values: Iterable[float | None], scale: Scale) -> Float64Array:
    """Ends of bars on the axis; unknown values have no bar, infinite ones reach the top."""
    given = np.array(list(values), np.float64)
    ends = given
    if scale.is_log:
        ends = np.full_like(given, scale.base)
        np.log10(given, out=ends, where=given > 0)
    ends = np.clip(ends, scale.low, scale.high if not scale.is_log else np.inf)
    ends[np.isposinf(given)], ends[np.isneginf(given)] = scale.high, scale.low
    ends[np.isnan(given)] = scale.base
    return ends


def value_text(metric: Metric, value: float | None) -> str:
    """A value of the metric with its unit."""
    if value is None:
        return "–"
    return decibel(value) if metric is Metric.SQNR else real(value)


def bar_tip(metric: Metric, bar: ErrorBar) -> str:
    """One line about a bar: name and both figures."""
    alone, so_far = value_text(metric, bar.isolated), value_text(metric, bar.cumulative)
    arrives = f" · at the output {value_text(metric, bar.amplified)}"
    known = arrives * (bar.amplified is not None)
    return f"{elided(bar.name, limit=60)} · alone {alone} · so far {so_far}{known}"


@dataclass(frozen=True, slots=True)
class Labels:
    """Names under the bars that do not touch: every `stride`-th, `slanted` where space is short."""

    texts: tuple[tuple[int, str], ...]
    slanted: bool


def fitted_labels(names: Sequence[str], room: float, character: float, line: float) -> Labels:
    """Choose names to write under the bars.

    Parameters
    ----------
    names
        One per bar.
    room
        Pixels from one bar to the next.
    character, line
        Width of an average character and height of a line in pixels.
    """
    if not names:
        return Labels((), slanted=False)
    fits = int(room / character - 1.5)
    if fits > 0 and fits >= max(len(name) for name in names):
        return Labels(tuple(enumerate(names)), slanted=False)
    if fits >= 12:
        return Labels(
            tuple((place, elided(name, limit=fits)) for place, name in enumerate(names)),
            slanted=False,
        )
    longest = max(len(name) for name in names)
    if longest <= SHORT:
        stride = math.ceil((longest + 1.5) * character / max(room, 1e-6))
        return Labels(tuple((n, names[n]) for n in range(0, len(names), stride)), slanted=False)
    stride = max(1, math.ceil(line * SLANTED_SPACING / max(room, 1e-6)))
    return Labels(
        tuple((place, elided(names[place], limit=13)) for place in range(0, len(names), stride)),
        slanted=True,
    )
