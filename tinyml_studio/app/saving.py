"""Saving a project without losing what another process has saved meanwhile."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

from tinyml_studio.app.state_folder import state_folder
from tinyml_studio.document.document import Document
from tinyml_studio.document.file_lock import FileLock
from tinyml_studio.document.fingerprint import file_sha256
from tinyml_studio.document.project_file import save_project
from tinyml_studio.errors import ChangedFileError, ProjectError

PATIENCE_SECONDS = 10.0
_STEP_SECONDS = 0.01


def save(document: Document, path: Path, *, expected: str | None) -> str:
    """Write the project and return its SHA-256.

    Between looking at the file and replacing it nobody else who saves through here can write it.

    Parameters
    ----------
    document
        What is saved.
    path
        Where.
    expected
        SHA-256 that the file must still have; None writes over whatever is there.

    Raises
    ------
    ChangedFileError
        If the file has another one; it is left as it is.
    ProjectError
        If it cannot be written.
    """
    lock = lock_of(path, "saving")
    try:
        has_lock = _wait(lock)
    except OSError:
        has_lock = True  # a state folder that cannot be written must not keep anybody from saving
    if not has_lock:
        raise ProjectError(f"{path} is being saved by another process", hint="try again")
    try:
        if expected is not None:
            _check(path, expected)
        return save_project(document, path)
    finally:
        lock.release()


def lock_of(path: Path, purpose: str) -> FileLock:
    """The lock of a project for a purpose; the same one whichever link leads to the file."""
    key = hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return FileLock(state_folder() / "locks" / f"{key}.{purpose}")


def _wait(lock: FileLock) -> bool:
    """Whether the lock could be had in reasonable time."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not lock.acquire():
        if time.monotonic() > limit:
            return False
        time.sleep(_STEP_SECONDS)
    return True


def _check(path: Path, expected: str) -> None:
    """ChangedFileError if the file is there and has another fingerprint."""
    try:
        digest = file_sha256(path)
    except OSError:
        return  # it is gone: to write it again loses nothing
    if digest != expected:
        raise ChangedFileError(
            f"{path} was changed by another program since it was read",
            detail="saving now would undo those changes",
            hint="save under another name, or open the file again",
        )
