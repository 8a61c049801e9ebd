"""What limits the configuration, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from tinyml_studio.errors import Cancelled
from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.advice import (
    AdviceLine,
    AdviceState,
    advice_line,
    missing_state,
    refused_lines,
)
from tinyml_studio.gui.states.assembling.operators import names_of, refused_of
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.advice_view import AdviceView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.app.advice import Adviser, Finding
    from tinyml_studio.gui.desk import Desk

SOON_MS = 200
PAUSE_MS = 500
MOST_LAYERS = 400
"""In longer networks remedies are tried only when asked for."""


class AdvicePane(Pane):
    """Says what is known, and tries remedies, in a thread, when the person has paused.

    Advice never stands in the way of an edit: after one the other panes are repainted first.
    """

    name, title, place = "advice", "Advice", Place.BESIDE
    reacts = frozenset({Event.CHANGED, Event.FIGURES})
    waits = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = view = self.adopt(AdviceView())
        self._adviser: Adviser | None = None
        self._runs = self._is_given_up = False
        self._resumes: int | None = None
        self._latest: tuple[AdviceLine, ...] = ()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._try)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._find)
        desk.pauses += [self._soon, self._pause]
        self.ready.connect(view.show_state)
        view.layer_chosen.connect(desk.select)
        view.applied.connect(self.workspace.edits.choose)
        view.try_asked.connect(self._try)
        view.stop_asked.connect(self._give_up)

    def set_seen(self, *, seen: bool) -> None:
        """Nothing is tried while nobody looks."""
        super().set_seen(seen=seen)
        if not seen:
            self._stop()

    def hear(self, event: Event) -> None:
        """After a change what is looked for and what is tried is out of date."""
        if event is Event.CHANGED:
            self._stop()
            self.workspace.runner.overtake(Lane.FINDINGS)
        super().hear(event)

    def _stop(self) -> None:
        """Begin nothing, until the pane is filled again."""
        for timer in (self._soon, self._pause):
            if timer.isActive():
                timer.stop()
                self._is_stale = True
                # nothing was found yet that could stand until the figures are there
                self._is_blank = self._is_blank or self.desk.live is None

    def forget(self) -> None:
        """What was lowered and run is that of another model."""
        self._adviser, self._runs, self._latest = None, False, ()
        self._stop()

    def fill(self) -> None:
        """Begin in a moment."""
        self.tell(AdviceState(self._latest, status="Looking …"))
        self._soon.start()

    def _find(self) -> None:
        """What can be said without a try; then the pause before a try begins."""
        studio, live = self.workspace.studio, self.desk.live
        if studio is None:
            return
        state, names = studio.state, names_of(studio.layers)
        refused = refused_lines(refused_of(state.layers), names)
        if state.derived.program is None or live is None:
            self._is_blank = True
            lacks = not self.workspace.is_pending
            self.tell(missing_state(refused, self.workspace.figures_fault, lacks_data=lacks))
            return

        def work(_: Progress) -> tuple[Finding, ...]:
            from tinyml_studio.app.advice import findings  # noqa: PLC0415 - not at the start

            return findings(state.derived, live)

        self.bring(Lane.FINDINGS, work, self._show_first, self._miss)

    def _show_first(self, found: tuple[Finding, ...]) -> None:
        self._show(found, is_complete=False)
        resumed, self._resumes = self._resumes, None
        goes_on = resumed is not None and resumed == self.workspace.need_studio().generation
        by_itself = self.desk.settings.estimates_itself and len(self.desk.rows) <= MOST_LAYERS
        if goes_on or by_itself:
            self._pause.start()

    def _show(self, found: tuple[Finding, ...], *, is_complete: bool) -> None:
        names = names_of(self.desk.rows)
        lines = tuple(advice_line(held, names) for held in found)
        count = self.workspace.live_samples
        status = f"On {count} live samples" if is_complete else "Remedies not tried yet"
        self.tell(AdviceState(lines, is_complete=is_complete, status=status))
        self._latest = lines

    def _try(self) -> None:
        """Try every remedy of the configuration in force."""
        studio = self.workspace.studio
        if studio is None or not studio.derived.can_be_measured or self._runs:
            return
        self._pause.stop()
        self._runs = True
        self._soon.stop()
        derived, count, generation = studio.derived, self.workspace.live_samples, studio.generation
        target = self.desk.measuring.target
        self.tell(AdviceState(self._latest, is_running=True, status="Trying remedies …"))

        def work(progress: Progress) -> tuple[Finding, ...]:
            from tinyml_studio.app.advice import Adviser  # noqa: PLC0415 - not at the start

            held = self._adviser
            if held is None or (held.samples, held.target) != (count, target):
                held = self._adviser = Adviser(count, target)
            return held.advise(derived, progress=progress)

        def done(found: tuple[Finding, ...]) -> None:
            self._runs = False
            self._show(found, is_complete=True)

        def stopped(error: Exception) -> None:
            self._runs, is_given_up, self._is_given_up = False, self._is_given_up, False
            if not isinstance(error, Cancelled):
                self._miss(error)
                return
            self.tell(AdviceState(self._latest, status="Remedies not tried yet"))
            if not is_given_up:
                self._wait_for_the_run(generation)

        self.workspace.runner.submit(Lane.ADVICE, self.title, work, done, stopped)

    def _give_up(self) -> None:
        """A person pressed Stop."""
        self._is_given_up = self._runs
        self.workspace.runner.cancel(Lane.ADVICE)

    def _wait_for_the_run(self, generation: int) -> None:
        """Go on once what the remedies gave way to has ended, unless it changed the document."""
        self._resumes, self._is_stale = generation, True
        if not self.workspace.runner.is_busy():
            self.fill_stale()

    def _miss(self, error: Exception) -> None:
        self.tell(AdviceState(hint=clean(str(error), limit=400)))
