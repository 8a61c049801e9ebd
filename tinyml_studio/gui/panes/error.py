"""The error along the network."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal

from tinyml_studio.errors import Cancelled
from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.errors import (
    Wanted,
    error_state,
    following,
    hint_of,
    sampled,
    weakest_first,
)
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.errors import ErrorState, Metric
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.error_view import ErrorView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tinyml_studio.app.amplified import Amplifier
    from tinyml_studio.gui.desk import Desk
    from tinyml_studio.simulate.arrival import Arrival

PAUSE_MS = 400
TOLD_SECONDS = 0.2


class ErrorPane(Pane):
    """Shows the live error of every layer in the metric that was chosen.

    What arrives at the output, and what the error is made of, is computed in a thread when the
    person has paused; as long as it is that of the state before, it is shown pale.
    """

    _followed = Signal(int, int)
    name, title, place = "error", "Error", Place.BOTTOM
    reacts = frozenset({Event.CHANGED, Event.FIGURES, Event.SELECTED, Event.LATE})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(ErrorView())
        self._metric = Metric.SQNR
        self._shows_causes = False
        self._amplifier: Amplifier | None = None
        self._carried: tuple[int, Mapping[str, Arrival]] | None = None
        self._fault = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._follow)
        desk.pauses.append(self._pause)
        self.ready.connect(self.view.show_state)
        self.view.layer_chosen.connect(desk.select)
        self.view.metric_chosen.connect(self._set_metric)
        self.view.causes_chosen.connect(self._set_causes)
        self._followed.connect(lambda done, total: self.view.show_note(following(done, total)))

    def set_seen(self, *, seen: bool) -> None:
        """Nothing is followed while nobody looks."""
        super().set_seen(seen=seen)
        if not seen:
            self._pause.stop()

    def hear(self, event: Event) -> None:
        """After a change the person may go on: wait until they pause."""
        if event is Event.CHANGED:
            self._pause.stop()
            self._fault = ""
        super().hear(event)

    def fill_stale(self) -> None:
        """Figures that are about to come are waited for where there are older ones: one chart."""
        is_soon = self.workspace.is_pending and self.desk.patience.isActive()
        if not is_soon or self.desk.live is None:
            super().fill_stale()

    def forget(self) -> None:
        """What was followed was another model's."""
        self._amplifier, self._carried, self._fault = None, None, ""

    def fill(self) -> None:
        """The bars, or why there are none."""
        desk, held = self.desk, self.workspace
        hint, asks_data = "", False
        if held.studio is not None:
            derived = held.studio.derived
            obstacle = obstacle_of(derived, desk.rows)
            hint = hint_of(derived, obstacle, held.figures_fault)
            asks_data = obstacle.asks_data
        rows, live, pending = desk.rows, desk.live, desk.is_pending
        carried = None if self._carried is None else self._carried[1]
        wanted = Wanted(
            self._metric,
            held.selected,
            self._shows_causes,
            self._note(),
            is_old=self._known() is None,
            asks_data=asks_data,
        )

        def work(_: Progress) -> ErrorState:
            return error_state(rows, live, wanted, hint=hint, pending=pending, carried=carried)

        self.assemble(Lane.BARS, work, self.tell)
        if self._is_missing():
            self._pause.start()

    def _known(self) -> Mapping[str, Arrival] | None:
        """What was followed in the state in force."""
        studio = self.workspace.studio
        if studio is None or self._carried is None:
            return None
        generation, carried = self._carried
        return carried if generation == studio.generation else None

    def _is_missing(self) -> bool:
        """Whether there is something to follow that is not known yet."""
        studio = self.workspace.studio
        if studio is None or not studio.derived.can_be_measured or self.workspace.is_pending:
            return False
        return self._known() is None and not self._fault

    def _note(self) -> str:
        known, count = self._known(), len(self.desk.rows)
        if self._fault:
            return self._fault
        if known is not None:
            return sampled(len(known), count)
        return following(0, 0) if self._shows_causes else ""

    def _follow(self) -> None:
        studio = self.workspace.studio
        if studio is None or not self._is_missing():
            return
        derived, generation = studio.derived, studio.generation
        weakest = weakest_first(self.desk.live)

        def work(progress: Progress) -> Mapping[str, Arrival]:
            from tinyml_studio.app.amplified import Amplifier  # noqa: PLC0415 - not at the start

            if self._amplifier is None:
                self._amplifier = Amplifier()
            told = self._telling(progress)
            return self._amplifier.measure(derived, weakest=weakest, progress=told)

        def done(found: Mapping[str, Arrival]) -> None:
            self._carried = (generation, found)
            self.touch()

        self.workspace.runner.submit(Lane.ARRIVAL, self.title, work, done, self._miss)

    def _telling(self, progress: Progress) -> Progress:
        """A progress that says now and then beside the legend how far it is."""
        said = time.monotonic()

        def tell(done: int, total: int, what: str) -> None:
            nonlocal said
            progress(done, total, what)
            if time.monotonic() - said > TOLD_SECONDS:
                said = time.monotonic()
                self._followed.emit(done, total)

        return tell

    def _miss(self, error: Exception) -> None:
        """An edit came, or it went wrong: the chart stays, without what arrives."""
        if isinstance(error, Cancelled):
            self._pause.start()
        else:
            self._fault = clean(f"not followed to the output: {error}", limit=160)
            self.touch()

    def _set_metric(self, metric: Metric) -> None:
        self._metric = metric
        self.touch()

    def _set_causes(self, shown: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._shows_causes = shown
        self.touch()
