"""The bars of the error chart, and why there are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.operators import Rows, names_of
from tinyml_studio.gui.states.errors import ErrorBar, ErrorState, Metric, worst_bars
from tinyml_studio.gui.states.text import clean

if TYPE_CHECKING:
    from tinyml_studio.app.derived import Derived
    from tinyml_studio.simulate.error import LayerError
    from tinyml_studio.simulate.evaluate import Evaluation

COMPUTING = "Computing the error of every layer …"
NO_DATA = "Choose calibration data (Ctrl+D) or drop it here: the ranges are measured on it"
NO_SAMPLES = "Choose data (Ctrl+D) or drop it here: the error of every layer is measured on it"


def hint_of(derived: Derived, rows: Rows, fault: str) -> str:
    """Why there are no errors to show, and what to do; empty when nothing is in the way."""
    refused = [row for row in rows if row.refused]
    if refused:
        first = refused[0]
        name, reason = names_of(rows)[first.name], clean(first.refused).rstrip(".")
        others = f" {len(refused) - 1} more marked in the table." if refused[1:] else ""
        return f"{name} cannot run as integers: {reason}.{others}"
    if derived.document.calibration is None:
        return NO_DATA if derived.program is None else NO_SAMPLES
    if derived.refusal is not None:
        return clean(str(derived.refusal), limit=600)
    return fault


def error_state(
    rows: Rows,
    evaluation: Evaluation | None,
    metric: Metric,
    selected: str,
    *,
    hint: str,
    pending: bool,
) -> ErrorState:
    """The error chart's bars."""
    names = names_of(rows)
    if evaluation is None:
        return ErrorState(
            metric,
            (),
            selected,
            hint or COMPUTING,
            pending,
            asks_for_data=hint in (NO_DATA, NO_SAMPLES),
        )
    bars = tuple(
        ErrorBar(error.name, names[error.name], *_figures(error, metric))
        for error in evaluation.layers
    )
    return ErrorState(metric, worst_bars(bars, metric, selected), selected, "", pending)


def _figures(error: LayerError, metric: Metric) -> tuple[float | None, float | None]:
    """The metric alone and so far; None where it is not measured."""
    if metric is Metric.SQNR:
        return error.sqnr_isolated_db, error.sqnr_cumulative_db
    if metric is Metric.MSE:
        return error.mse_isolated, error.mse
    return None, error.cosine if metric is Metric.COSINE else error.max_abs
