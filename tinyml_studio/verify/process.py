"""Outside tools as child processes that can be cancelled and that end in time."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from tinyml_studio.errors import ToolError

_POLL_SECONDS = 0.05
_MAX_DETAIL = 600


def run_tool(
    command: Sequence[str | Path],
    *,
    folder: Path,
    timeout: float,
    tick: Callable[[], None],
) -> str:
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
    words = [str(part) for part in command]
    # files, not pipes: a pipe that nobody reads while polling would fill up and block the tool
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with _started(words, folder, out, err) as child:
            try:
                _wait(child, words[0], timeout, tick)
            finally:
                if child.poll() is None:
                    child.kill()
        said, complaint = _text(out), _text(err)
    if child.returncode != 0:
        title = f"{Path(words[0]).name} failed with status {child.returncode}"
        raise ToolError(title, detail=(complaint or said).strip()[:_MAX_DETAIL])
    return said


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


def _wait(
    child: subprocess.Popen[bytes], name: str, timeout: float, tick: Callable[[], None]
) -> None:
    """Wait for a child to end."""
    end = time.monotonic() + timeout
    while child.poll() is None:
        tick()
        if time.monotonic() > end:
            raise ToolError(f"{Path(name).name} took longer than {timeout:g} seconds")
        time.sleep(_POLL_SECONDS)
