"""Progress and cancel of a long job, as one value that is handed down the calls."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told how far a job is; raises to stop it.

    A job calls it often (at least every 100 ms of work) and changes nothing that
    outlives it before its last call, so that a cancelled job leaves no trace.
    """

    def __call__(self, done: int, total: int, what: str) -> None:
        """Report `done` of `total` steps of `what`; raises `Cancelled` when the user cancelled."""


def silent(done: int, total: int, what: str) -> None:
    """Ignore progress: for short jobs and tests."""
