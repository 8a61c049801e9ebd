"""The network as the graph pane draws it: boxes with their figures, placed once per model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.operators import Rows, names_of, operator_of
from tinyml_studio.gui.states.graph_layout import Layout, layout
from tinyml_studio.gui.states.layers import FULL_BAR_DB, SUSPECT_DB
from tinyml_studio.gui.states.text import (
    MISSING,
    clean,
    data_size,
    decibel,
    elided,
    shape,
    short_count,
)

if TYPE_CHECKING:
    from tinyml_studio.app.rows import LayerRow
    from tinyml_studio.app.tried import Attempt
    from tinyml_studio.ir.graph import Graph
    from tinyml_studio.simulate.evaluate import Evaluation

MOST_BOXES = 1500
"""Boxes that are made, and painted all at once, within some ten milliseconds."""
TOO_MANY = f"The network has more than {MOST_BOXES} layers: the table shows them all"
NAME_LIMIT = 24

Figures = Mapping[str, float]


class Shown(StrEnum):
    """What the boxes are coloured by."""

    ALONE = "Alone, dB"
    SO_FAR = "So far, dB"
    FLASH = "Flash"
    RAM = "RAM"
    INSTRUCTIONS = "Instr."

    @property
    def is_error(self) -> bool:
        """Whether it is an SQNR, of which more is better."""
        return self in (Shown.ALONE, Shown.SO_FAR)


SHOWN_TIPS: dict[Shown, str] = {
    Shown.ALONE: "SQNR when only this layer is quantized",
    Shown.SO_FAR: "SQNR when everything up to the layer is quantized",
    Shown.FLASH: "Weights and other constants of the layer, exact",
    Shown.RAM: "What lives in the arena while the layer runs",
    Shown.INSTRUCTIONS: "Of one inference on the chip's core: counted, else predicted",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One layer: its true name, what is written in its box, and what colours it.

    That is an SQNR in dB, or else `load`, its share of the largest layer's bytes or instructions.
    `figure` says it in letters.
    """

    key: str
    name: str
    about: str
    tip: str
    sqnr_db: float | None
    figure: str = MISSING
    load: float | None = None

    @property
    def is_suspect(self) -> bool:
        """Whether there is more error than is good."""
        return self.sqnr_db is not None and self.sqnr_db < SUSPECT_DB

    @property
    def share(self) -> float | None:
        """The SQNR from 0, suspect, to 1, as good as 8 bits get; None when it is not known."""
        if self.sqnr_db is None or self.sqnr_db != self.sqnr_db:
            return None
        return min(max((self.sqnr_db - SUSPECT_DB) / (FULL_BAR_DB - SUSPECT_DB), 0.0), 1.0)


@dataclass(frozen=True, eq=False)
class NetworkState:
    """Boxes in network order, and where they and the arrows are."""

    boxes: tuple[Box, ...] = ()
    drawing: Layout | None = None
    hint: str = ""
    shown: Shown = Shown.ALONE


def network_layout(graph: Graph) -> Layout | None:
    """Where the layers of a network go; None when they are too many to draw."""
    count = len(graph.inputs) + len(graph.nodes)
    return layout(count, network_edges(graph)) if count <= MOST_BOXES else None


def network_edges(graph: Graph) -> tuple[tuple[int, int], ...]:
    """From every input of the model and every layer to those that read it, by number."""
    makers = {port.tensor: number for number, port in enumerate(graph.inputs)}
    first = len(graph.inputs)
    edges: dict[tuple[int, int], None] = {}
    for number, node in enumerate(graph.nodes, first):
        edges |= {(makers[name], number): None for name in node.inputs if name in makers}
        makers |= dict.fromkeys(node.outputs, number)
    return tuple(edges)


def network_state(
    rows: Rows, graph: Graph, figures: Figures, drawing: Layout | None, shown: Shown = Shown.ALONE
) -> NetworkState:
    """The drawing with the figures of now, those of `figures_of`."""
    if drawing is None:
        return NetworkState(hint=TOO_MANY, shown=shown)
    names = names_of(rows)
    most = max(figures.values(), default=0.0) or 1.0
    boxes = (_plain_box(row, graph, names) for row in rows)
    if shown.is_error:
        made = tuple(_with_error(box, figures.get(box.key), shown) for box in boxes)
    else:
        made = tuple(_with_load(box, figures.get(box.key), most, shown) for box in boxes)
    return NetworkState(made, drawing, shown=shown)


def figures_of(
    shown: Shown, evaluation: Evaluation | None, attempt: Attempt | None = None, target: str = ""
) -> Figures:
    """The figure of every layer as far as it is known, by true name."""
    errors = () if evaluation is None else evaluation.layers
    if shown is Shown.ALONE:
        return {error.name: error.sqnr_isolated_db for error in errors}
    if shown is Shown.SO_FAR:
        return {error.name: error.sqnr_cumulative_db for error in errors}
    if attempt is None:
        return {}
    if shown is Shown.INSTRUCTIONS:
        known = attempt.known(target)
        costs = () if known is None else known.layers
        return {cost.name: cost.instructions for cost in costs if cost.instructions is not None}
    return attempt.flash_by_layer if shown is Shown.FLASH else attempt.ram_by_layer


def _with_error(box: Box, sqnr: float | None, shown: Shown) -> Box:
    when = SHOWN_TIPS[shown]
    tip = box.tip + f"\n{decibel(sqnr)} {when.removeprefix('SQNR ')}" * (sqnr is not None)
    return replace(box, tip=tip, sqnr_db=sqnr, figure=decibel(sqnr, unit=False))


def _with_load(box: Box, count: float | None, most: float, shown: Shown) -> Box:
    if count is None:
        return box
    is_work = shown is Shown.INSTRUCTIONS
    text = short_count(count) if is_work else data_size(round(count))
    words = "instructions" if is_work else f"of {shown.value}"
    return replace(box, tip=f"{box.tip}\n{text} {words}", figure=text, load=count / most)


def _plain_box(row: LayerRow, graph: Graph, names: Mapping[str, str]) -> Box:
    bits = [f"w{row.weight_bits}" * (row.weight_bits is not None)]
    bits += [f"a{row.activation_bits}" * (row.activation_bits is not None)]
    operator = operator_of(row, graph)
    about = " · ".join(part for part in (operator, "".join(bits)) if part)
    tip = f"{clean(row.name)}\n{about}, output {shape(row.output_shape)}"
    return Box(row.name, elided(names[row.name], limit=NAME_LIMIT), about, tip, None)
