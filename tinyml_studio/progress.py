"""Progress and cancel of a long job, as one value that is handed down the calls."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

Item = TypeVar("Item")

TURN_SECONDS = 0.004
"""How long a worker computes before it lets others have the interpreter."""
PAUSE_SECONDS = 0.00005
"""Long enough for a thread that waits to wake up."""
SHORT_SECONDS = 0.1
"""What takes no longer than that is wanted at once; only longer work waits for a window.

That of a long network takes longer: it waits from the beginning.
"""


class Progress(Protocol):
    """Told how far a job is; raises to stop it.

    A job calls it often (at least every 100 ms of work) and changes nothing that
    outlives it before its last call, so that a cancelled job leaves no trace.
    """

    def __call__(self, done: int, total: int, what: str) -> None:
        """Report `done` of `total` steps of `what`; raises `Cancelled` when the user cancelled."""


def silent(done: int, total: int, what: str) -> None:
    """Ignore progress: for short jobs and tests."""


class Turns(threading.local):
    """When this thread has given way last, since when it works, and whom it lets in."""

    last = 0.0
    waits_from = 0.0
    let_in: Callable[[], None] | None = None


_TURNS = Turns()


@contextmanager
def letting_in(let_in: Callable[[], None], *, after: float = SHORT_SECONDS) -> Iterator[None]:
    """In this thread, work longer than `after` calls `let_in` where it gives way.

    Before, it pauses, which lets in whoever comes first, often another worker. `let_in` returns
    when the window's thread has done what it had to do, or after some time.
    """
    _TURNS.let_in, _TURNS.waits_from = let_in, time.perf_counter() + after
    try:
        yield
    finally:
        _TURNS.let_in = None


def give_way() -> None:
    """Let another thread have the interpreter, if this worker has had it for some milliseconds.

    Called for every layer by what goes through a whole network. Numpy gives the interpreter back at
    each of its many short calls and takes it again before a thread that waits has woken up: a
    window then waits for hundreds of milliseconds. Only a pause lets it in. The main thread, in
    which nobody else waits, does not pause.
    """
    now = time.perf_counter()
    if now - _TURNS.last < TURN_SECONDS:
        return
    if threading.current_thread() is not threading.main_thread():
        if _TURNS.let_in is not None and now >= _TURNS.waits_from:
            _TURNS.let_in()
        else:
            time.sleep(PAUSE_SECONDS)
        now = time.perf_counter()
    _TURNS.last = now


def in_turns(items: Iterable[Item]) -> Iterator[Item]:
    """The same items; this worker gives way between them."""
    for item in items:
        give_way()
        yield item
