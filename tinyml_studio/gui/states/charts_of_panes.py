"""The figures of the charts of memory and configurations as tables, for a spreadsheet."""

from __future__ import annotations

from tinyml_studio.gui.states.chart import Table
from tinyml_studio.gui.states.memory import MemoryState


def memory_table(state: MemoryState) -> Table:
    """One row per tensor."""
    columns = ("tensor", "layer", "first step", "last step", "offset (B)", "size (B)", "at peak")
    rows = tuple(
        (
            block.tensor,
            block.key,
            block.first + 1,
            block.last + 1,
            block.offset,
            block.size,
            int(block.at_peak),
        )
        for block in state.blocks
    )
    return Table("memory", columns, rows)
