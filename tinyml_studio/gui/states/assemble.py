"""From the studio's state to what the views show; nothing here knows Qt."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.choices import offered_methods
from tinyml_studio.gui.states.errors import ErrorBar, ErrorState, Metric, worst_bars
from tinyml_studio.gui.states.layer_distribution import (
    Choices,
    DistributionState,
    activation_state,
    strip_state,
    weight_state,
)
from tinyml_studio.gui.states.layers import (
    NO_BITS,
    SUSPECT_DB,
    BitsCell,
    LayerRow,
    LayersState,
)
from tinyml_studio.gui.states.names import short_names
from tinyml_studio.gui.states.summary import Fact, SummaryState, Tone
from tinyml_studio.gui.states.text import clean, percent, points, shape, short_count, whole
from tinyml_studio.ir.ops import AveragePool, Conv, MaxPool
from tinyml_studio.quantize.scheme import ACTIVATION_BITS, WEIGHT_BITS

if TYPE_CHECKING:
    from tinyml_studio.app.derived import Derived
    from tinyml_studio.app.layer_values import LayerValues
    from tinyml_studio.app.rows import LayerRow as StudioRow
    from tinyml_studio.app.studio import Studio
    from tinyml_studio.ir.graph import Graph
    from tinyml_studio.simulate.error import LayerError
    from tinyml_studio.simulate.evaluate import Evaluation

Rows = tuple["StudioRow", ...]
FOLLOWS = "It only moves values, so it keeps the width of its input"
COMPUTING = "Computing the error of every layer …"
NO_DATA = "Choose calibration data (Ctrl+D) or drop it here: the ranges are measured on it"
NO_SAMPLES = "Choose data (Ctrl+D) or drop it here: the error of every layer is measured on it"


@lru_cache(maxsize=2)
def _short_names(names: tuple[str, ...]) -> Mapping[str, str]:
    return short_names(names)


def names_of(rows: Rows) -> Mapping[str, str]:
    """Short name of every layer, by its true name."""
    return _short_names(tuple(row.name for row in rows))


def layers_state(
    rows: Rows, graph: Graph | None, evaluation: Evaluation | None, *, pending: bool
) -> LayersState:
    """The table's rows."""
    errors = _errors(evaluation)
    names = names_of(rows)
    return LayersState(
        tuple(
            _layer_row(row, names[row.name], operator_of(row, graph), errors.get(row.name))
            for row in rows
        ),
        pending,
        has_file_grids=graph is not None and graph.found is not None,
    )


def _layer_row(row: StudioRow, name: str, operator: str, error: LayerError | None) -> LayerRow:
    return LayerRow(
        key=row.name,
        name=name,
        operator=operator,
        output=shape(row.output_shape),
        parameters=row.parameters,
        macs=row.macs,
        weight=_weight_cell(row),
        activation=_activation_cell(row),
        granularity=row.granularity.value if row.granularity is not None else "",
        isolated=error.sqnr_isolated_db if error is not None else None,
        cumulative=error.sqnr_cumulative_db if error is not None else None,
        clipped=error.clipped if error is not None else None,
        problem=clean(row.refused, limit=400),
    )


def operator_of(row: StudioRow, graph: Graph | None) -> str:
    """The operator with its kernel, such as ``Conv 3×3``."""
    kind = clean(row.kind, limit=40)
    node = graph.by_name.get(row.name) if graph is not None else None
    if node is not None and isinstance(node.op, Conv):
        return f"{'Depthwise' if node.op.is_depthwise else kind} {shape(node.op.kernel)}"
    if node is not None and isinstance(node.op, MaxPool | AveragePool):
        short = kind.replace("Average", "Avg")
        return f"{short} {shape(node.op.kernel)}"
    return kind


def _weight_cell(row: StudioRow) -> BitsCell:
    return NO_BITS if row.weight_bits is None else BitsCell(row.weight_bits, tuple(WEIGHT_BITS))


def _activation_cell(row: StudioRow) -> BitsCell:
    if row.activation_bits is None:
        return BitsCell(None, reason=clean(row.refused, limit=400) or "It cannot run as integers")
    if row.follows:
        return BitsCell(row.activation_bits, reason=FOLLOWS)
    return BitsCell(row.activation_bits, ACTIVATION_BITS)


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


def distribution_state(
    rows: Rows,
    graph: Graph | None,
    values: LayerValues | None,
    selected: str,
    *,
    channel: int | None,
    pending: bool,
) -> DistributionState:
    """Both histograms of the selected layer."""
    row = next((row for row in rows if row.name == selected), None)
    if row is None or values is None or values.layer != selected:
        return DistributionState(hint="Choose a layer to see how its values are spread")
    weights = weight_state(values, channel)
    activations = activation_state(values, is_manual=row.manual_range is not None)
    return DistributionState(
        names_of(rows)[row.name],
        facts_of(row, graph),
        weights,
        activations,
        "" if activations is not None or weights is not None else NO_DATA,
        pending,
        strip_state(values, channel),
        choices_of(row, values, graph),
    )


def choices_of(row: StudioRow, values: LayerValues, graph: Graph | None) -> Choices:
    """Range method and granularity of a layer, where they have an effect."""
    has_range = values.sets_range or values.weights is not None
    if row.refused or not has_range:
        return Choices()
    has_file_grids = graph is not None and graph.found is not None
    methods = offered_methods(has_file_grids=has_file_grids)
    granularity = row.granularity.value if row.granularity is not None else ""
    return Choices(row.range_method.value, methods, granularity)


def facts_of(row: StudioRow, graph: Graph | None) -> str:
    """Operator, shape and bits of a layer in one line."""
    parts = [operator_of(row, graph), shape(row.output_shape)]
    if row.weight_bits is not None:
        parts.append(f"w{row.weight_bits}")
    if row.activation_bits is not None:
        parts.append(f"a{row.activation_bits}")
    return " · ".join(parts)


def summary_state(
    rows: Rows,
    live: Evaluation | None,
    full: Evaluation | None,
    *,
    is_current: bool,
    pending: bool,
) -> SummaryState:
    """Facts of the model and of its integers; `full` is the last evaluation over all samples."""
    facts = [
        Fact("Layers", whole(len(rows)), "After folding and fusing, inputs included", rank=3),
        Fact(
            "Parameters", whole(sum(row.parameters for row in rows)), "Weights and biases", rank=4
        ),
        Fact(
            "MACs",
            short_count(sum(row.macs for row in rows)),
            "Multiplications with addition for one sample",
            rank=5,
        ),
    ]
    if live is not None:
        facts += _live_facts(live)
    if full is not None:
        facts += _full_facts(full, is_current=is_current)
    return SummaryState(tuple(facts), pending)


def _live_facts(live: Evaluation) -> list[Fact]:
    suspect = [error for error in live.layers if error.sqnr_cumulative_db < SUSPECT_DB]
    marked = f"▾ {len(suspect)}" if suspect else "none"
    return [
        Fact(
            "Suspect",
            marked,
            "Layers whose SQNR up to there is below 10 dB",
            Tone.SUSPECT if suspect else Tone.PLAIN,
            rank=2,
        ),
        Fact(
            "Agreement, live",
            percent(live.agreement),
            f"How often integers and float give the same answer, on {live.samples} calibration "
            "samples; follows every change",
            Tone.INTEGER,
        ),
    ]


def _full_facts(full: Evaluation, *, is_current: bool) -> list[Fact]:
    """Accuracy of float and integers; greyed once the scheme has changed."""
    old = "" if is_current else " Measured before the last change: press F5 to measure again."
    where = f"over {whole(full.samples)} samples.{old}"
    if full.float_accuracy is None or full.integer_accuracy is None:
        tone = Tone.INTEGER if is_current else Tone.MUTED
        return [Fact("Agreement", percent(full.agreement), f"With float, {where}", tone)]
    lost = points(full.integer_accuracy - full.float_accuracy)
    return [
        Fact(
            "Float accuracy",
            percent(full.float_accuracy),
            f"Of the float network {where}",
            Tone.FLOAT if is_current else Tone.MUTED,
        ),
        Fact(
            "Integer accuracy" if is_current else "Integer accuracy (old)",
            f"{percent(full.integer_accuracy)}  {lost}",
            f"Of the integer network {where}",
            Tone.INTEGER if is_current else Tone.MUTED,
        ),
    ]


def _errors(evaluation: Evaluation | None) -> Mapping[str, LayerError]:
    return {} if evaluation is None else {error.name: error for error in evaluation.layers}


def source_text(derived: Derived) -> str:
    """Where the ranges come from, for the status bar."""
    held = derived.document.calibration
    if held is None and derived.program is not None:
        return f"Ranges of the model's file · {derived.document.arithmetic}"
    if held is None:
        return "not calibrated"
    count = f" · {whole(derived.samples.count)} samples" if derived.samples is not None else ""
    return f"Calibrated on {clean(held.path.name, limit=60)}{count} · {derived.document.arithmetic}"


def session_name(studio: Studio) -> str:
    """Name of what is open, for titles and suggestions; every example's model has one name."""
    if studio.path is None and studio.test_data is not None:
        return studio.document.model_path.parent.name
    return studio.name


def window_title(name: str, path: Path | None) -> str:
    """The window's title; ``[*]`` is where Qt puts the mark of unsaved changes."""
    shown = clean(path.name if path is not None else name, limit=80)
    return f"{shown.replace('[*]', '')}[*] – TinyML Studio"
