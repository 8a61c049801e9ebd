"""The network as the graph pane draws it: boxes with their figures, placed once per model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.assembling.operators import Rows, names_of, operator_of
from tinyml_studio.gui.states.graph_layout import Layout, layout
from tinyml_studio.gui.states.layers import FULL_BAR_DB, SUSPECT_DB
from tinyml_studio.gui.states.text import clean, decibel, elided, shape

if TYPE_CHECKING:
    from tinyml_studio.app.rows import LayerRow
    from tinyml_studio.ir.graph import Graph
    from tinyml_studio.simulate.evaluate import Evaluation

MOST_BOXES = 2500
TOO_MANY = f"The network has more than {MOST_BOXES} layers: the table shows them all"
NAME_LIMIT = 24


@dataclass(frozen=True, slots=True)
class Box:
    """One layer: its true name, what is written in its box, and its SQNR alone in dB."""

    key: str
    name: str
    about: str
    tip: str
    sqnr_db: float | None

    @property
    def is_suspect(self) -> bool:
        """Whether the layer alone brings more error than is good."""
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
    rows: Rows, graph: Graph, evaluation: Evaluation | None, drawing: Layout | None
) -> NetworkState:
    """The drawing with the figures of now."""
    if drawing is None:
        return NetworkState(hint=TOO_MANY)
    names = names_of(rows)
    errors = {} if evaluation is None else {error.name: error for error in evaluation.layers}
    figures = {name: error.sqnr_isolated_db for name, error in errors.items()}
    return NetworkState(tuple(_box(row, graph, names, figures) for row in rows), drawing)


def _box(
    row: LayerRow, graph: Graph, names: Mapping[str, str], figures: Mapping[str, float]
) -> Box:
    bits = [f"w{row.weight_bits}" * (row.weight_bits is not None)]
    bits += [f"a{row.activation_bits}" * (row.activation_bits is not None)]
    operator, sqnr = operator_of(row, graph), figures.get(row.name)
    about = " · ".join(part for part in (operator, "".join(bits)) if part)
    tip = f"{clean(row.name)}\n{about}, output {shape(row.output_shape)}"
    tip += f"\n{decibel(sqnr)} when only this layer is quantized" * (sqnr is not None)
    return Box(row.name, elided(names[row.name], limit=NAME_LIMIT), about, tip, sqnr)
