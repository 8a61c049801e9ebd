"""Fingerprints: the SHA-256 that tells whether a model or data set is still the same."""

from __future__ import annotations

import errno
import hashlib
from pathlib import Path

_BLOCK = 1 << 20


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises
    ------
    OSError
        If it is not a regular file or cannot be read.
    """
    if not path.is_file():
        # a pipe or a device may never end
        reason = "it is not a regular file" if path.exists() else "it does not exist"
        raise OSError(errno.EINVAL, reason)
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def folder_sha256(path: Path) -> str:
    """SHA-256 over names and contents of the files in a folder and its subfolders, sorted.

    One level of subfolders counts, as in a folder of images; hidden files do not.

    Raises
    ------
    OSError
        If a file cannot be read.
    """
    digest = hashlib.sha256()
    files = [item for pattern in ("*", "*/*") for item in path.glob(pattern) if item.is_file()]
    for item in sorted(files):
        if item.name.startswith("."):
            continue
        name = item.relative_to(path).as_posix()
        line = f"{file_sha256(item)}  {name}\n"
        digest.update(line.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """Fingerprint of a file or of a folder of files; OSError if it cannot be read."""
    return folder_sha256(path) if path.is_dir() else file_sha256(path)
