"""The project file `.tmls`: one JSON document for a Document, readable and friendly to diff."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.document.decode import decode
from tinyml_studio.document.document import Document
from tinyml_studio.document.encode import encode
from tinyml_studio.document.strict_json import JsonFault, as_project_error, parse
from tinyml_studio.errors import ProjectError, SaveError, StudioError

SUFFIX = ".tmls"
MAX_BYTES = 16 << 20


def save_project(document: Document, path: Path) -> str:
    """Write the project atomically and return the file's SHA-256.

    Paths inside the project's folder are written relative to it, so that the folder can move.

    Raises
    ------
    ProjectError
        If it cannot be written; names the file and the reason, and the old file is intact.
    """
    data = encode(document, path.absolute().parent).encode("utf-8")
    write_atomically(path, data, error=SaveError)
    return hashlib.sha256(data).hexdigest()


def load_project(path: Path) -> Document:
    """Read a project; its paths come back absolute. The model is not looked at.

    Raises
    ------
    ProjectError
        If it cannot be read or is not valid; names the file, the place in it and the reason.
    """
    return read_project(path)[0]


def read_project(path: Path) -> tuple[Document, str]:
    """The same, and the SHA-256 of the bytes that were read; ProjectError as above."""
    text = _read_text(path)
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return parse_project(text, path), digest


def parse_project(text: str, path: Path) -> Document:
    """The document in the text of a project file at `path`; ProjectError as above."""
    try:
        return decode(parse(text), path.absolute().parent)
    except JsonFault as fault:
        raise as_project_error(path, fault) from fault
    except StudioError as error:
        if isinstance(error, ProjectError):
            raise
        raise ProjectError(
            f"{path} is not a valid project", detail=error.title, hint=error.hint
        ) from error


def _read_text(path: Path) -> str:
    """The file's text, after checks of its kind and size."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ProjectError(f"{path} cannot be read", detail="it is not a regular file")
        if status.st_size > MAX_BYTES:
            raise ProjectError(
                f"{path} is not a valid project",
                detail=f"it has more than {MAX_BYTES >> 20} MiB",
            )
        return path.read_bytes()[: MAX_BYTES + 1].decode("utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ProjectError(f"{path} cannot be read", detail=reason) from error
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"{path} is not a valid project", detail=f"byte {error.start} is not UTF-8"
        ) from error
