"""Progress on a terminal: one line on stderr that overwrites itself, and is gone at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from tinyml_studio.app.jobs import Job, JobState
from tinyml_studio.cli.text import one_line
from tinyml_studio.progress import Progress

Result = TypeVar("Result")

_WIDTH = 78


def with_progress(title: str, work: Callable[[Progress], Result]) -> Result:
    """Run a job; show its progress if stderr is a terminal."""
    if not sys.stderr.isatty():
        return Job(title, work).run()
    try:
        return Job(title, work, on_progress=_show, interval=0.1).run()
    finally:
        _write("")


def _show(state: JobState) -> None:
    """Rewrite the line."""
    share = "" if state.fraction is None else f" {100 * state.fraction:3.0f} %"
    remaining = "" if state.remaining is None else f", {state.remaining:.0f} s left"
    what = state.what[:1].upper() + state.what[1:]
    _write(one_line(f"{what}{share}{remaining}"))


def _write(text: str) -> None:
    """Put a text over the line."""
    sys.stderr.write(f"\r{text[:_WIDTH]:<{_WIDTH}}\r{text[:_WIDTH]}")
    sys.stderr.flush()
