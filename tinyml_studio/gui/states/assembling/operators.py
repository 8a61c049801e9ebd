"""How a layer is called: its short name, and its operator with the kernel."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tinyml_studio.gui.states.names import short_names
from tinyml_studio.gui.states.text import clean, shape
from tinyml_studio.ir.ops import AveragePool, Conv, MaxPool

if TYPE_CHECKING:
    from tinyml_studio.app.rows import LayerRow as StudioRow
    from tinyml_studio.ir.graph import Graph

Rows: TypeAlias = "tuple[StudioRow, ...]"


@lru_cache(maxsize=2)
def _short_names(names: tuple[str, ...]) -> Mapping[str, str]:
    return short_names(names)


def names_of(rows: Rows) -> Mapping[str, str]:
    """Short name of every layer, by its true name."""
    return _short_names(tuple(row.name for row in rows))


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
