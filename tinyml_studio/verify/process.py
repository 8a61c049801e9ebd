"""Outside tools as child processes that can be cancelled and that end in time."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tinyml_studio.errors import ToolError

_POLL_SECONDS = 0.05
_MAX_DETAIL = 600

Command = Sequence[str | Path]
"""A program and its arguments."""


def run_tool(command: Command, *, folder: Path, timeout: float, tick: Callable[[], None]) -> str:
    """Run a tool in a folder and return what it wrote to its standard output.

    Parameters
    ----------
    command
        The program and its arguments.
    folder
        Where it runs.
    timeout
        Seconds after which it is killed.
    tick
        Called often while it runs; what it raises stops the tool and is passed on.

    Raises
    ------
    ToolError
        If the tool cannot start, takes too long or fails; the detail holds its first words.
    """
    return run_tools([command], folder=folder, timeout=timeout, tick=tick)[0]


def run_tools(
    commands: Sequence[Command], *, folder: Path, timeout: float, tick: Callable[[], None]
) -> list[str]:
    """Run tools beside each other, as `run_tool` does one; if one fails the others are stopped."""
    with ExitStack() as stack:
        started = [stack.enter_context(_running(command, folder)) for command in commands]
        _wait(started, timeout, tick)
        return [child.said() for child in started]


@dataclass(frozen=True, slots=True)
class _Child:
    """A tool that was started, and the files that it writes to.

    Files, not pipes: a pipe that nobody reads while polling would fill up and block the tool.
    """

    name: str
    process: subprocess.Popen[bytes]
    out: IO[bytes]
    err: IO[bytes]

    def is_running(self) -> bool:
        """Whether it has not ended; ToolError if it has failed."""
        status = self.process.poll()
        if not status:
            return status is None
        title = f"{self.name} failed with status {status}"
        raise ToolError(title, detail=(_text(self.err) or _text(self.out)).strip()[:_MAX_DETAIL])

    def said(self) -> str:
        """Its standard output."""
        return _text(self.out)


@contextmanager
def _running(command: Command, folder: Path) -> Iterator[_Child]:
    """A tool that runs at most as long as the context."""
    words = [str(part) for part in command]
    with (
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
        _started(words, folder, out, err) as process,
    ):
        try:
            yield _Child(Path(words[0]).name, process, out, err)
        finally:
            if process.poll() is None:
                process.kill()


def _started(
    words: list[str], folder: Path, out: IO[bytes], err: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
    except OSError as error:
        raise ToolError(f"{words[0]} could not be started", detail=str(error)) from error


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")


def _wait(children: Sequence[_Child], timeout: float, tick: Callable[[], None]) -> None:
    """Wait for all to end."""
    end = time.monotonic() + timeout
    while running := [child for child in children if child.is_running()]:
        tick()
        if time.monotonic() > end:
            raise ToolError(f"{running[0].name} took longer than {timeout:g} seconds")
        time.sleep(_POLL_SECONDS)
