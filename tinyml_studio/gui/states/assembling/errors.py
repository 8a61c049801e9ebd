"""The bars of the error chart, and why there are none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.obstacle import Obstacle
from tinyml_studio.gui.states.assembling.operators import Rows, names_of
from tinyml_studio.gui.states.causes import CauseBar, shares_of
from tinyml_studio.gui.states.errors import ErrorBar, ErrorState, Metric, worst_bars
from tinyml_studio.gui.states.text import whole

if TYPE_CHECKING:
    from tinyml_studio.app.derived import Derived
    from tinyml_studio.simulate.arrival import Arrival
    from tinyml_studio.simulate.error import LayerError
    from tinyml_studio.simulate.evaluate import Evaluation

COMPUTING = "Computing the error of every layer …"
NO_DATA = "Choose calibration data (Ctrl+D) or drop it here: the ranges are measured on it"
NO_SAMPLES = "Choose data (Ctrl+D) or drop it here: the error of every layer is measured on it"


def hint_of(derived: Derived, obstacle: Obstacle, fault: str) -> str:
    """Why there are no errors to show, and what to do; empty when nothing is in the way."""
    if obstacle.text or not obstacle.asks_data:
        return obstacle.text or fault
    return NO_DATA if derived.program is None else NO_SAMPLES


def following(done: int, total: int) -> str:
    """How far the errors of the layers are on their way to the output."""
    so_far = f": {whole(done)} of {whole(total)}" if total else ""
    return f"following the errors to the output{so_far} …"


def sampled(followed: int, layers: int) -> str:
    """What is followed of a long network; empty when every layer is."""
    if followed >= layers:
        return ""
    return (
        f"{whole(followed)} of {whole(layers)} layers followed to the output: the weakest, and "
        "others evenly spread"
    )


def weakest_first(evaluation: Evaluation | None) -> tuple[str, ...]:
    """The layers by the error of their own, the largest first."""
    known = () if evaluation is None else evaluation.layers
    held = [error for error in known if not math.isnan(error.sqnr_isolated_db)]
    return tuple(error.name for error in sorted(held, key=lambda error: error.sqnr_isolated_db))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the chart is to show of the figures; `note` is a word beside its legend.

    With `is_old` what was followed to the output is that of the state before, with `asks_data`
    there are no figures for lack of data.
    """

    metric: Metric = Metric.SQNR
    selected: str = ""
    shows_causes: bool = False
    note: str = ""
    is_old: bool = False
    asks_data: bool = False


def error_state(
    rows: Rows,
    evaluation: Evaluation | None,
    wanted: Wanted,
    *,
    hint: str,
    pending: bool,
    carried: Mapping[str, Arrival] | None = None,
) -> ErrorState:
    """The error chart's bars; `carried` is what is known of causes and of what arrives."""
    metric, selected = wanted.metric, wanted.selected
    names = names_of(rows)
    if evaluation is None:
        said = hint or COMPUTING
        return ErrorState(metric, (), selected, said, pending, asks_data=wanted.asks_data)
    known = carried or {}
    bars = tuple(
        ErrorBar(
            error.name,
            names[error.name],
            *_figures(error, metric),
            _arrived(known.get(error.name), metric),
        )
        for error in evaluation.layers
    )
    shown = worst_bars(bars, metric, selected)
    causes = None
    if wanted.shows_causes:
        causes = tuple(CauseBar(bar.key, bar.name, shares_of(known.get(bar.key))) for bar in shown)
    return ErrorState(
        metric, shown, selected, "", pending, causes=causes, note=wanted.note, is_old=wanted.is_old
    )


def _figures(error: LayerError, metric: Metric) -> tuple[float, float]:
    """The metric alone and so far."""
    if metric is Metric.SQNR:
        return error.sqnr_isolated_db, error.sqnr_cumulative_db
    if metric is Metric.MSE:
        return error.mse_isolated, error.mse
    if metric is Metric.COSINE:
        return error.cosine_isolated, error.cosine
    return error.max_abs_isolated, error.max_abs


def _arrived(held: Arrival | None, metric: Metric) -> float | None:
    """The metric of the model's output with only this layer quantized."""
    if held is None or held.output is None:
        return None
    sums = held.output
    return {
        Metric.SQNR: sums.sqnr_db,
        Metric.MSE: sums.mse,
        Metric.COSINE: sums.cosine,
        Metric.MAX_ABS: sums.max_abs,
    }[metric]
