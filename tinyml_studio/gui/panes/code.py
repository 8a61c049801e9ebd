"""The header as it would be exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.session import session_name
from tinyml_studio.gui.states.code import NO_PROGRAM, CodeState, code_state
from tinyml_studio.gui.views.code_view import CodeView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class CodePane(Pane):
    """Writes the header in a thread."""

    name, title, place = "code", "C header", Place.BOTTOM
    reacts = frozenset({Event.CHANGED})
    waits = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(CodeView())
        self.ready.connect(self.view.show_state)
        self.view.export_asked.connect(desk.commands.export)
        self.view.verify_asked.connect(desk.commands.verify)

    def fill(self) -> None:
        """The text, or why there is none."""
        studio = self.workspace.studio
        if studio is None:
            return
        if studio.derived.program is None:
            self.ready.emit(CodeState(hint=NO_PROGRAM))
            return
        target = studio.document.target or self.desk.settings.target
        name = session_name(studio)

        def work(_: Progress) -> CodeState:
            from tinyml_studio.app.exported import removal_text  # noqa: PLC0415 - not at the start

            text = studio.header(target=target, name=name)
            return code_state(text, target, removal_text(studio.exported()))

        self.bring(
            Lane.CODE,
            work,
            self.ready.emit,
            lambda error: self.ready.emit(CodeState(hint=str(error))),
        )
