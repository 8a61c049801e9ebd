"""The figures of the charts of memory and configurations as tables, for a spreadsheet."""

from __future__ import annotations

from tinyml_studio.gui.states.chart import Table
from tinyml_studio.gui.states.memory import MemoryState
from tinyml_studio.gui.states.pareto import Cost, Merit, ParetoState


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


def pareto_table(state: ParetoState) -> Table:
    """One row per configuration."""
    units = {Cost.LATENCY: "ms"}
    cost = f"{state.cost.lower()} ({units.get(state.cost, 'B')})"
    merit = "SQNR (dB)" if state.merit is Merit.SQNR else f"{state.merit.lower()} (share)"
    rows = tuple(
        (point.name, point.cost, point.merit, int(point.is_best), int(point.is_current))
        for point in state.points
    )
    return Table("configurations", ("configuration", cost, merit, "best", "in force"), rows)
