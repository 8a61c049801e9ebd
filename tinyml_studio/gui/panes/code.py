"""The header as it would be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.app.targets import find_target
from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.assembling.session import session_name
from tinyml_studio.gui.states.code import NO_PROGRAM, CodeState, code_state
from tinyml_studio.gui.states.code_changes import with_changes
from tinyml_studio.gui.views.code_view import CodeView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class CodePane(Pane):
    """Writes the header in a thread."""

    name, title, place = "code", "C header", Place.BOTTOM
    reacts = frozenset({Event.CHANGED})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(CodeView())
        self.ready.connect(self.view.show_state)
        self._shown = CodeState()
        self.view.export_asked.connect(desk.commands.export)
        self.view.verify_asked.connect(desk.commands.verify)

    def fill(self) -> None:
        """The text, or why there is none."""
        studio = self.workspace.studio
        if studio is None:
            return
        held = studio.state
        if held.derived.program is None:
            self.workspace.runner.overtake(Lane.CODE)
            obstacle = obstacle_of(held.derived, self.desk.rows)
            said = obstacle.hint(NO_PROGRAM)
            self._show(CodeState(hint=said, asks_data=obstacle.asks_data))
            return
        target = held.history.current.target or self.desk.settings.target
        name, before = session_name(studio), self._shown

        def work(_: Progress) -> CodeState:
            from tinyml_studio.app.exported import (  # noqa: PLC0415 - not at the start
                exported,
                removal_text,
            )
            from tinyml_studio.app.exporting import HELIUM_CORES  # noqa: PLC0415 - the same

            text = studio.header(target=target, name=name, state=held)
            helium = find_target(target).core in HELIUM_CORES
            kept = exported(held.derived)
            names = names_of(held.layers)
            layers = [names.get(layer, layer) for layer in kept.program.by_layer]
            about = removal_text(kept)
            state = code_state(text, target, about, helium=helium, layers=layers)
            return with_changes(state, before)

        self.bring(
            Lane.CODE, work, self._show, lambda error: self._show(CodeState(hint=str(error)))
        )

    def _show(self, state: CodeState) -> None:
        self._shown = state
        self.ready.emit(state)
