"""How a layer is called: its short name, and its operator with the kernel."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from tinyml_studio.gui.states.names import short_names
from tinyml_studio.gui.states.text import clean, shape
from tinyml_studio.ir.ops import AveragePool, Conv, MaxPool

if TYPE_CHECKING:
    from tinyml_studio.app.rows import LayerRow as StudioRow
    from tinyml_studio.ir.graph import Graph

Rows: TypeAlias = "tuple[StudioRow, ...]"
Made = TypeVar("Made")
KEPT = 3
"""States of a session whose rows are asked for in turn: the one in force, and those of jobs."""


class Remembered(Generic[Made]):
    """What was made of the rows that were asked for last, known by what they are.

    The window's thread asks again and again; to go through the rows of a long network each time, if
    only to compare them, would hold it up.
    """

    def __init__(self, make: Callable[[Rows], Made]) -> None:
        self._make = make
        self._held: tuple[tuple[Rows, Made], ...] = ()

    def __call__(self, rows: Rows) -> Made:
        """Of these rows."""
        for known, made in self._held:
            if known is rows:
                return made
        made = self._make(rows)
        self._held = ((rows, made), *self._held[: KEPT - 1])
        return made


@lru_cache(maxsize=2)
def _short_names(names: tuple[str, ...]) -> Mapping[str, str]:
    return short_names(names)


_NAMES: Remembered[Mapping[str, str]] = Remembered(
    lambda rows: _short_names(tuple(row.name for row in rows))
)
_REFUSED: Remembered[Rows] = Remembered(lambda rows: tuple(row for row in rows if row.refused))


def names_of(rows: Rows) -> Mapping[str, str]:
    """Short name of every layer, by its true name."""
    return _NAMES(rows)


def refused_of(rows: Rows) -> Rows:
    """The layers that cannot run as integers."""
    return _REFUSED(rows)


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
