"""The rows of the table of layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.operators import Rows, names_of, operator_of
from tinyml_studio.gui.states.layers import NO_BITS, BitsCell, LayerRow, LayersState
from tinyml_studio.gui.states.text import clean, shape
from tinyml_studio.progress import give_way
from tinyml_studio.quantize.scheme import ACTIVATION_BITS, WEIGHT_BITS

if TYPE_CHECKING:
    from tinyml_studio.app.rows import LayerRow as StudioRow
    from tinyml_studio.app.tried import Attempt
    from tinyml_studio.ir.graph import Graph
    from tinyml_studio.simulate.error import LayerError
    from tinyml_studio.simulate.evaluate import Evaluation

FOLLOWS = "It only moves values, so it keeps the width of its input"


def layers_state(
    rows: Rows,
    graph: Graph | None,
    evaluation: Evaluation | None,
    memory: Attempt | None = None,
    *,
    target: str = "",
    pending: bool,
) -> LayersState:
    """The table's rows; `memory` is what is known of bytes, accumulators, and of the chip."""
    errors = _errors(evaluation)
    names = names_of(rows)
    made = (
        _layer_row(row, names[row.name], operator_of(row, graph), errors.get(row.name))
        for row in rows
    )
    return LayersState(
        tuple(made if memory is None else _with_memory(tuple(made), memory, target)),
        pending,
        has_file_grids=graph is not None and graph.found is not None,
    )


def _layer_row(row: StudioRow, name: str, operator: str, error: LayerError | None) -> LayerRow:
    give_way()
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


def _with_memory(rows: tuple[LayerRow, ...], memory: Attempt, target: str) -> Iterator[LayerRow]:
    """The rows with bytes, instructions, and with the bits that accumulators leave free."""
    estimate = memory.known(target)
    spent = {} if estimate is None else {cost.name: cost.instructions for cost in estimate.layers}
    most_spent = max((count or 0 for count in spent.values()), default=0) or 1
    most_flash = max(memory.flash_by_layer.values(), default=0) or 1
    most_ram = max(memory.ram_by_layer.values(), default=0) or 1
    for row in rows:
        flash, ram = memory.flash_by_layer.get(row.key), memory.ram_by_layer.get(row.key)
        yield replace(
            row,
            flash=flash,
            ram=ram,
            instructions=spent.get(row.key),
            instructions_share=(spent.get(row.key) or 0) / most_spent,
            flash_share=(flash or 0) / most_flash,
            ram_share=(ram or 0) / most_ram,
            spare_bits=memory.spare_bits.get(row.key),
        )


def _weight_cell(row: StudioRow) -> BitsCell:
    return NO_BITS if row.weight_bits is None else BitsCell(row.weight_bits, tuple(WEIGHT_BITS))


def _activation_cell(row: StudioRow) -> BitsCell:
    if row.activation_bits is None:
        return BitsCell(None, reason=clean(row.refused, limit=400) or "It cannot run as integers")
    if row.follows:
        return BitsCell(row.activation_bits, reason=FOLLOWS)
    if row.fixed_bits:
        return BitsCell(row.activation_bits, reason=clean(row.fixed_bits, limit=400))
    return BitsCell(row.activation_bits, ACTIVATION_BITS)


def _errors(evaluation: Evaluation | None) -> Mapping[str, LayerError]:
    return {} if evaluation is None else {error.name: error for error in evaluation.layers}
