"""Atomic writes: a reader finds the old file or the new one, complete, whatever happens."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from tinyml_studio.errors import ProjectError, StudioError


def write_atomically(path: Path, data: bytes, *, error: type[StudioError] = ProjectError) -> None:
    """Write `data` to `path` through a temporary file in the same folder.

    A link is followed, so that its target is replaced; a device or a pipe is written directly.
    The permissions of an existing file are kept.

    Raises
    ------
    StudioError
        Of the class `error`, when it cannot be written: names the file and the reason; what
        stood there before is intact.
    """
    mode = None
    try:
        mode = _mode(path)
        if mode is None or stat.S_ISREG(mode):
            _replace(path.resolve(), data, mode)
        elif stat.S_ISDIR(mode):
            raise error(f"{path} cannot be written", detail="it is a folder")
        else:
            _write_all(os.open(path, os.O_WRONLY), data)
    except OSError as reason:
        text = reason.strerror or type(reason).__name__
        is_old = mode is not None and stat.S_ISREG(mode)
        hint = "the file that stood there is unchanged" if is_old else ""
        raise error(f"{path} cannot be written", detail=text, hint=hint) from reason


def _mode(path: Path) -> int | None:
    """File mode of what stands at `path`, links followed; None when there is nothing."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return None


def _replace(path: Path, data: bytes, mode: int | None) -> None:
    """Write a temporary file and put it in the place of `path`."""
    if mode is not None and not os.access(path, os.W_OK):
        raise PermissionError(13, "it is write-protected")
    # a short name of its own: a long name of the target leaves no room for a suffix
    temporary = path.parent / f".tmls-{secrets.token_hex(8)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        _write_all(descriptor, data)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


_BINARY = getattr(os, "O_BINARY", 0)


def _write_all(descriptor: int, data: bytes) -> None:
    """Write everything, flush it to the disc and close; a short write is an error."""
    try:
        view = memoryview(data)
        while view:
            written = os.write(descriptor, view)
            if written <= 0:
                raise OSError(28, "only a part could be written")
            view = view[written:]
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.fsync(descriptor)
            if os.fstat(descriptor).st_size != len(data):
                raise OSError(28, "only a part could be written")
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where folders can be opened (not on Windows)."""
    if os.name != "posix":
        return
    # the file itself is complete already: some folders may be written but not read, and some file
    # systems cannot sync a folder
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
