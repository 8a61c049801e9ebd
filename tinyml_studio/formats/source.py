"""Bytes of a model file: regular files of a bounded size only, and never a blocking open."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.errors import ModelError
from tinyml_studio.formats.limits import MAX_FILE_BYTES

# A FIFO without a writer would block an ordinary open for ever.
_OPEN_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_EXPORT_HINT = "choose an ONNX or TensorFlow Lite model file"


@dataclass(frozen=True)
class Signature:
    """How a file of another kind begins, and what to say about it."""

    offset: int
    magic: bytes
    reason: str
    hint: str = _EXPORT_HINT


SIGNATURES = (
    Signature(
        0,
        b"version https://git-lfs",
        "it is a Git LFS pointer, not the model itself",
        "fetch the file with 'git lfs pull'",
    ),
    Signature(
        0,
        b"PK\x03\x04",
        "it is a zip archive (PyTorch, Keras and NumPy files are such archives too)",
        "unpack it, or export the model to ONNX",
    ),
    Signature(0, b"\x89HDF", "it is an HDF5 file (Keras)", "export the model to ONNX"),
    Signature(0, b"\x1f\x8b", "it is compressed with gzip", "unpack it first"),
    Signature(0, b"\x93NUMPY", "it is a NumPy array, not a model"),
    Signature(0, b"\x89PNG", "it is an image, not a model"),
    Signature(0, b"\xff\xd8\xff", "it is an image, not a model"),
)


def read_bytes(path: Path) -> bytes:
    """The whole content of a model file.

    Raises
    ------
    ModelError
        If it is missing, not a regular file, not readable or too large.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        raise ModelError(f"The model file {path} does not exist") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ModelError(f"The model file {path} cannot be read", detail=reason) from None


def _read(path: Path) -> bytes:
    """Open first and look at what was opened: the name may change its meaning in between."""
    if path.is_dir():
        raise ModelError(f"{path} is a folder, not a model file", hint=_EXPORT_HINT)
    descriptor = os.open(path, _OPEN_FLAGS)
    with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor, not a path
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ModelError(f"{path} is not a regular file", hint=_EXPORT_HINT)
        if status.st_size > MAX_FILE_BYTES:
            raise ModelError(
                f"The model file {path} is too large",
                detail=f"{status.st_size} bytes, and at most {MAX_FILE_BYTES} are read",
            )
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise ModelError(f"The model file {path} grows while it is being read")
    return data


def check_kind(data: bytes, path: Path) -> None:
    """Refuse what is evidently no model, in words that tell what it is.

    Raises
    ------
    ModelError
        For an empty file, text, HTML, a Git LFS pointer, archives and other model formats.
    """
    if not data:
        raise ModelError(f"The model file {path} is empty")
    for signature in SIGNATURES:
        if data.startswith(signature.magic, signature.offset):
            raise _not_a_model(path, signature.reason, signature.hint)
    start = data[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise _not_a_model(
            path, "it is a web page", "a download that failed often leaves one; load it again"
        )
    if _is_text(data[:512]):
        raise _not_a_model(path, "it is a text file")


def _not_a_model(path: Path, reason: str, hint: str = _EXPORT_HINT) -> ModelError:
    """The error for a file of another kind."""
    return ModelError(f"{path} is not a model", detail=reason, hint=hint)


def _is_text(start: bytes) -> bool:
    """Whether only printable characters and line breaks occur; ONNX begins with a control byte."""
    try:
        text = start.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(start) - 3:
            return False
        text = start[: error.start].decode("utf-8")
    return all(character.isprintable() or character in "\t\r\n\f" for character in text)
