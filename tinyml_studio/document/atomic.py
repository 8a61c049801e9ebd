"""Atomic writes: a reader finds the old file or the new one, complete, whatever happens."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
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


def write_together(files: Mapping[Path, bytes], *, error: type[StudioError] = ProjectError) -> None:
    """Write several files, all or none: first all to temporary files, then each to its place.

    Only a crash of the machine between two renames leaves the first files new and the others old.

    Raises
    ------
    StudioError
        Of the class `error`, when one cannot be written; what stood there before is back.
    """
    waiting: dict[Path, Path] = {}
    try:
        before = {path: _content(path) for path in files}
        for path, data in files.items():
            waiting[path] = _filled(path.resolve(), data, _mode(path))
        _rename_all(waiting, before)
    except OSError as reason:
        text = reason.strerror or type(reason).__name__
        names = ", ".join(map(str, files))
        raise error(f"{names}: not all can be written", detail=text, hint=_UNCHANGED) from reason
    finally:
        for temporary in waiting.values():
            temporary.unlink(missing_ok=True)


_UNCHANGED = "what stood there is unchanged"


def _content(path: Path) -> bytes | None:
    """What stands at `path`; None for nothing. It must be a file that may be written."""
    mode = _mode(path)
    if mode is None:
        return None
    if not stat.S_ISREG(mode):
        raise IsADirectoryError(21, f"{path.name} is no regular file")
    if not os.access(path, os.W_OK):
        raise PermissionError(13, f"{path.name} is write-protected")
    return path.read_bytes()


def _rename_all(waiting: Mapping[Path, Path], before: Mapping[Path, bytes | None]) -> None:
    """Put every temporary file in its place; when one fails, what stood there comes back."""
    done: list[Path] = []
    try:
        for path, temporary in waiting.items():
            temporary.replace(path.resolve())
            done.append(path)
    except BaseException:
        for path in done:
            old = before[path]
            if old is None:
                path.unlink(missing_ok=True)
            else:
                write_atomically(path, old)
        raise
    for folder in {path.resolve().parent for path in done}:
        _sync_folder(folder)


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
    temporary = _filled(path, data, mode)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _filled(path: Path, data: bytes, mode: int | None) -> Path:
    """A temporary file beside `path` that holds `data` and has the permissions of `mode`."""
    # a short name of its own: a long name of the target leaves no room for a suffix
    temporary = path.parent / f".tmls-{secrets.token_hex(8)}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666)
    try:
        _write_all(descriptor, data)
        if mode is not None:
            temporary.chmod(stat.S_IMODE(mode))
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


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
