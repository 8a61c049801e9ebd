"""The report of a verification."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.verification import (
    NO_PROGRAM,
    VerificationState,
    verification_state,
    waiting_state,
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
        self._runs = False
        self.ready.connect(self.view.show_state)
        self.view.verify_asked.connect(desk.commands.verify)
        self.view.layer_chosen.connect(desk.select)
        self.workspace.verified.connect(self._take)
        self.workspace.verifying.connect(self._set_running)

    def fill(self) -> None:
        """The last report, or how to get one."""
        studio = self.workspace.studio
        if studio is None:
            return
        if studio.derived.program is None:
            obstacle = obstacle_of(studio.derived, self.desk.rows)
            said = obstacle.hint(NO_PROGRAM)
            self.tell(VerificationState(hint=said, asks_data=obstacle.asks_data))
            return
        if self._report is None:
            self.tell(waiting_state(runs=self._runs))
            return
        report, generation = self._report
        is_old = generation != studio.generation
        measuring = self.desk.measuring
        attempt = None if is_old else measuring.current
        estimate = None if attempt is None else attempt.estimates.get(measuring.target)
        names = names_of(studio.layers)
        state = verification_state(report, estimate, names, is_old=is_old)
        self.tell(replace(state, can_run=not self._runs))

    def forget(self) -> None:
        """The report was that of another model."""
        self._report = None

    def _set_running(self, runs: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        if runs != self._runs:
            self._runs = runs
            self.touch()

    def _take(self, report: VerifyReport, generation: int) -> None:
        self._report = (report, generation)
        self.touch()
        self.desk.pane_asked.emit(self.name)
