"""Long jobs with progress, remaining time and cancel, in whichever thread runs them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from tinyml_studio.errors import Cancelled
from tinyml_studio.progress import Progress, give_way

Result = TypeVar("Result")


class CancelToken:
    """A request to stop that any thread may make, once."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the job to stop; it does at its next progress call."""
        self._event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the job was asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the job was asked to stop."""
        if self.cancelled:
            raise Cancelled


@dataclass(frozen=True, slots=True)
class JobState:
    """How far a job is.

    Parameters
    ----------
    done, total
        Steps; `total` is 0 while it is unknown.
    what
        What the steps are, for a person.
    elapsed
        Seconds since the start.
    remaining
        Estimated seconds to go in this phase; None while there is nothing to estimate from.
    """

    done: int = 0
    total: int = 0
    what: str = ""
    elapsed: float = 0.0
    remaining: float | None = None

    @property
    def fraction(self) -> float | None:
        """Share that is done, 0 to 1; None while the total is unknown."""
        return min(1.0, self.done / self.total) if self.total > 0 else None


class Job(Generic[Result]):
    """One piece of work and its progress.

    Parameters
    ----------
    title
        What the person sees while it runs.
    work
        Called with a `Progress`; its value is the job's result.
    generation
        The number that `Generations.next` gave; tells late answers apart.
    on_progress
        Called in the thread that runs the job: at the first step of each phase, at its last one,
        and at most every `interval` seconds of those between.
    """

    def __init__(
        self,
        title: str,
        work: Callable[[Progress], Result],
        *,
        generation: int = 0,
        on_progress: Callable[[JobState], None] | None = None,
        interval: float = 0.05,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.title = title
        self.generation = generation
        self.token = CancelToken()
        self.state = JobState()
        self._work = work
        self._on_progress = on_progress
        self._interval = interval
        self._clock = clock
        self._started = self._phase_started = self._told = clock()

    def cancel(self) -> None:
        """Ask the job to stop, from any thread."""
        self.token.cancel()

    def run(self) -> Result:
        """Do the work in this thread.

        Raises
        ------
        Cancelled
            If it was cancelled before it ended, even when the work itself did not notice.
        """
        self._started = self._phase_started = self._clock()
        self._told = float("-inf")
        self.token.check()
        result = self._work(self._report)
        self.token.check()
        return result

    def _report(self, done: int, total: int, what: str) -> None:
        """The `Progress` that the work is given."""
        self.token.check()
        give_way()
        now = self._clock()
        is_new = what != self.state.what
        if is_new:
            self._phase_started = now
        spent = now - self._phase_started
        remaining = spent * (total - done) / done if 0 < done <= total and spent > 0 else None
        self.state = JobState(done, total, what, now - self._started, remaining)
        due = is_new or now - self._told >= self._interval or (done >= total > 0)
        if self._on_progress is not None and due:
            self._told = now
            self._on_progress(self.state)


class Generations:
    """Numbers requests of one kind, so that an answer that comes too late can be dropped."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest = 0

    def next(self) -> int:
        """A new number; all earlier ones are stale from now on."""
        with self._lock:
            self._latest += 1
            return self._latest

    def is_current(self, generation: int) -> bool:
        """Whether no later request was made."""
        return generation == self._latest
