"""What the distributions pane shows of the selected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.errors import NO_DATA
from tinyml_studio.gui.states.assembling.obstacle import Obstacle
from tinyml_studio.gui.states.assembling.operators import Rows, names_of, operator_of
from tinyml_studio.gui.states.choices import offered_methods
from tinyml_studio.gui.states.layer_distribution import (
    Choices,
    DistributionState,
    activation_state,
    strip_state,
    weight_state,
)
from tinyml_studio.gui.states.text import clean, shape

if TYPE_CHECKING:
    from tinyml_studio.app.layer_values import LayerValues
    from tinyml_studio.app.rows import LayerRow as StudioRow
    from tinyml_studio.ir.graph import Graph

NO_VALUES = "No values of this layer were measured"


def distribution_state(
    rows: Rows,
    graph: Graph | None,
    values: LayerValues | None,
    selected: str,
    *,
    obstacle: Obstacle,
    channel: int | None,
    pending: bool,
) -> DistributionState:
    """Both histograms of the selected layer; `obstacle`: why there may be no values."""
    row = next((row for row in rows if row.name == selected), None)
    if row is None or values is None or values.layer != selected:
        return DistributionState(hint="Choose a layer to see how its values are spread")
    weights = weight_state(values, channel)
    activations = activation_state(values, is_manual=row.manual_range is not None)
    is_bare = activations is None and weights is None
    return DistributionState(
        names_of(rows)[row.name],
        facts_of(row, graph),
        weights,
        activations,
        _lack(row, obstacle) if is_bare else "",
        pending,
        strip_state(values, channel),
        choices_of(row, values, graph),
        asks_data=is_bare and obstacle.asks_data,
    )


def _lack(row: StudioRow, obstacle: Obstacle) -> str:
    """Why a layer has no values to show."""
    if row.refused:
        return f"This layer cannot run as integers: {clean(row.refused, limit=400).rstrip('.')}."
    return obstacle.hint(NO_DATA if obstacle.asks_data else NO_VALUES)


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
    parts = [operator_of(row, graph)]
    if row.output_shape is not None:
        parts.append(shape(row.output_shape))
    if row.weight_bits is not None:
        parts.append(f"w{row.weight_bits}")
    if row.activation_bits is not None:
        parts.append(f"a{row.activation_bits}")
    return " · ".join(parts)
