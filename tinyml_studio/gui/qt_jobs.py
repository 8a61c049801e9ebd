"""Runs jobs in threads and brings their progress and answers back to the window's thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from tinyml_studio.app.jobs import Generations, Job, JobState
from tinyml_studio.errors import Cancelled
from tinyml_studio.progress import PAUSE_SECONDS, SHORT_SECONDS, Progress, letting_in

PATIENCE_MS = 1000
"""How long the end of the program waits for what cannot stop at once, such as a library's call."""
LET_IN_SECONDS = 0.03
"""How long a worker waits at most until the window has done what it had to do."""


class Lane(Enum):
    """What waits for what: a lane runs one job at a time.

    In FRONT all jobs run, in order: opening, edits, calibration, export. In the others only the
    latest counts: a new one cancels the one that runs, and a late answer is dropped. What takes
    long gives way to an edit.
    """

    FRONT = auto()
    LIVE = auto()
    VALUES = auto()
    CODE = auto()
    GRAPH = auto()
    SAMPLE = auto()
    MEMORY = auto()
    FOOTPRINT = auto()
    ESTIMATE = auto()
    FINDINGS = auto()
    ADVICE = auto()
    TABLE = auto()
    BARS = auto()
    BINS = auto()
    ARRIVAL = auto()
    FACTS = auto()
    WARM = auto()
    KEEP = auto()

    @property
    def keeps_latest(self) -> bool:
        """Whether only the latest job counts."""
        return self is not Lane.FRONT

    @property
    def gives_way(self) -> bool:
        """Whether its job is cancelled when an edit begins."""
        return self in (Lane.ESTIMATE, Lane.ADVICE, Lane.ARRIVAL)


@dataclass(frozen=True, eq=False)
class Ticket:
    """A job and who is told its end; one `is_brief` that usually takes no longer than a moment."""

    job: Job[Any]
    lane: Lane
    done: Callable[[Any], None]
    failed: Callable[[Exception], None]
    is_brief: bool = False


class Runner(QObject):
    """Owns the threads.

    Attributes
    ----------
    waits_at_once
        Whether all work lets the window go first from its beginning, as that of a long network.
    progressed
        A FRONT job and its `JobState`.
    busy_changed
        Whether any FRONT job runs or waits.
    idle
        No job of any lane runs or waits any more.
    """

    progressed = Signal(object, object)
    busy_changed = Signal(bool)
    idle = Signal()
    _asked = Signal(object)
    _told = Signal(object, object)
    _ended = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pools = {lane: QThreadPool(self) for lane in Lane}
        self._generations = {lane: Generations() for lane in Lane}
        for pool in self._pools.values():
            pool.setMaxThreadCount(1)
        self._open: list[Ticket] = []
        self.waits_at_once = self._has_stopped = False
        self._asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        self._told.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._end, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        lane: Lane,
        title: str,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        *,
        is_brief: bool = False,
    ) -> Job[Any]:
        """Run `work` in a thread; `done` or `failed` is called in this one.

        A cancelled job calls `failed` with `Cancelled`; one that was overtaken calls neither.
        """
        for other in Lane:
            overtaken = other is lane and lane.keeps_latest
            if overtaken or (lane is Lane.FRONT and other.gives_way):
                self.cancel(other)
        number = self._generations[lane].next()
        job: Job[Any] = Job(
            title, work, generation=number, on_progress=lambda state: self._told.emit(ticket, state)
        )
        ticket = Ticket(job, lane, done, failed, is_brief)
        was_busy = self.is_busy()
        self._open.append(ticket)
        if self.is_busy() != was_busy:
            self.busy_changed.emit(True)  # noqa: FBT003 - a signal has no keywords
        self._pools[lane].start(lambda: self._run(ticket))
        return job

    def cancel(self, lane: Lane) -> None:
        """Ask every job of a lane to stop."""
        for ticket in self._open:
            if ticket.lane is lane:
                ticket.job.cancel()

    def overtake(self, lane: Lane) -> None:
        """Drop what a lane is doing: its answer would come too late."""
        self.cancel(lane)
        self._generations[lane].next()

    def is_busy(self) -> bool:
        """Whether a FRONT job runs or waits."""
        return any(ticket.lane is Lane.FRONT for ticket in self._open)

    def is_long_busy(self) -> bool:
        """Whether a FRONT job runs or waits that takes longer than an edit."""
        return any(ticket.lane is Lane.FRONT and not ticket.is_brief for ticket in self._open)

    def is_idle(self) -> bool:
        """Whether nothing at all runs or waits."""
        return not self._open

    def front(self) -> Job[Any] | None:
        """The FRONT job that runs or is next."""
        return next((ticket.job for ticket in self._open if ticket.lane is Lane.FRONT), None)

    def stop(self) -> bool:
        """Cancel everything and wait; whether all threads have ended."""
        for ticket in self._open:
            ticket.job.cancel()
        self._open.clear()
        self._has_stopped = True
        limit = time.monotonic() + PATIENCE_MS / 1000
        return all(
            pool.waitForDone(max(1, round((limit - time.monotonic()) * 1000)))
            for pool in self._pools.values()
        )

    def _run(self, ticket: Ticket) -> None:
        """In the worker thread."""
        try:
            with letting_in(self._let_in, after=0.0 if self.waits_at_once else SHORT_SECONDS):
                answer, error = ticket.job.run(), None
        except (Exception, Cancelled) as fault:  # noqa: BLE001 - a fault in a thread is told like any
            answer, error = None, fault
        self._ended.emit(ticket, answer, error)

    def _let_in(self) -> None:
        """In the worker thread: wait until the window's thread has come round."""
        if self._has_stopped:
            time.sleep(PAUSE_SECONDS)
            return
        answered = threading.Event()
        self._asked.emit(answered)
        answered.wait(LET_IN_SECONDS)

    def _answer(self, answered: threading.Event) -> None:
        answered.set()

    def _tell(self, ticket: Ticket, state: JobState) -> None:
        if ticket in self._open and ticket.lane is Lane.FRONT:
            self.progressed.emit(ticket.job, state)

    def _end(self, ticket: Ticket, answer: object, error: Exception | None) -> None:
        if ticket not in self._open:
            return
        was_busy = self.is_busy()
        self._open.remove(ticket)
        current = self._generations[ticket.lane].is_current(ticket.job.generation)
        if current or not ticket.lane.keeps_latest:
            if error is None:
                ticket.done(answer)
            else:
                ticket.failed(error)
        if was_busy != self.is_busy():
            self.busy_changed.emit(self.is_busy())
        if not self._open:
            self.idle.emit()
