"""The report of a verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.verification import (
    NO_PROGRAM,
    VerificationState,
    verification_state,
)
from tinyml_studio.gui.views.verify_view import VerifyView

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk
    from tinyml_studio.verify.report import VerifyReport


class VerifyPane(Pane):
    """Keeps the last report, and knows whether it is still that of the document."""

    name, title, place = "verify", "Verify", Place.BOTTOM
    reacts = frozenset({Event.CHANGED, Event.MEASURED})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(VerifyView())
        self._report: tuple[VerifyReport, int] | None = None
        self.ready.connect(self.view.show_state)
        self.view.verify_asked.connect(desk.commands.verify)
        self.view.layer_chosen.connect(desk.select)
        self.workspace.verified.connect(self._take)

    def fill(self) -> None:
        """The last report, or how to get one."""
        studio = self.workspace.studio
        if studio is None:
            return
        if studio.derived.program is None:
            self.tell(VerificationState(hint=NO_PROGRAM))
            return
        if self._report is None:
            self.tell(VerificationState(can_run=True))
            return
        report, generation = self._report
        is_old = generation != studio.generation
        measuring = self.desk.measuring
        attempt = None if is_old else measuring.current
        estimate = None if attempt is None else attempt.estimates.get(measuring.target)
        names = names_of(studio.layers)
        self.tell(verification_state(report, estimate, names, is_old=is_old))

    def forget(self) -> None:
        """The report was that of another model."""
        self._report = None

    def _take(self, report: VerifyReport, generation: int) -> None:
        self._report = (report, generation)
        self.touch()
        self.desk.pane_asked.emit(self.name)
