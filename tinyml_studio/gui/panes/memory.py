"""The arena over time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.memory import memory_state
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.memory import NO_PROGRAM, MemoryState
from tinyml_studio.gui.views.memory_view import MemoryView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class MemoryPane(Pane):
    """Plans the arena of the exported program in a thread."""

    name, title, place = "memory", "Memory", Place.BOTTOM
    reacts = frozenset({Event.CHANGED})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(MemoryView())
        self.ready.connect(self.view.show_state)
        self.view.layer_chosen.connect(desk.select)

    def fill(self) -> None:
        """The plan, or why there is none."""
        studio = self.workspace.studio
        if studio is None:
            return
        state = studio.state
        derived = state.derived
        if derived.program is None:
            obstacle = obstacle_of(derived, self.desk.rows)
            said = obstacle.hint(NO_PROGRAM)
            self.ready.emit(MemoryState(hint=said, asks_data=obstacle.asks_data))
            return

        def work(_: Progress) -> MemoryState:
            from tinyml_studio.app.exported import exported  # noqa: PLC0415 - not at the start
            from tinyml_studio.app.footprint import footprint  # noqa: PLC0415 - not at the start

            plan, names = footprint(derived).plan, names_of(state.layers)
            return memory_state(exported(derived).program, plan, derived.graph, names)

        self.bring(
            Lane.MEMORY,
            work,
            self._show,
            lambda error: self.ready.emit(MemoryState(hint=str(error))),
        )

    def choose(self, layer: str) -> None:
        """Mark its tensor."""
        self.view.choose(layer)

    def _show(self, state: MemoryState) -> None:
        self.ready.emit(replace(state, selected=self.workspace.selected))
