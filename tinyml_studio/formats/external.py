"""External tensor data: only regular files inside the model's own folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path, PurePosixPath

from tinyml_studio.formats.limits import MAX_FILE_BYTES
from tinyml_studio.formats.refusal import Malformed

_KEYS = frozenset({"location", "offset", "length", "checksum"})
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_BINARY", 0)
)


class ExternalData:
    """Reads slices of files beside a model; refuses every path that could lead elsewhere.

    Parameters
    ----------
    model
        Path of the model file. A tensor may not point at the model itself.
    """

    def __init__(self, model: Path) -> None:
        self._model = Path(os.path.realpath(model))
        self._folder = Path(os.path.realpath(model.parent))
        self._left = MAX_FILE_BYTES

    def read(self, entries: list[tuple[str, str]], expected: int) -> bytes:
        """The bytes of one tensor.

        Parameters
        ----------
        entries
            Keys and values of the tensor's ``external_data``.
        expected
            Bytes that its shape and type ask for.

        Raises
        ------
        Malformed
            If the path, the slice or the file breaks a rule.
        """
        keys = dict(entries)
        if len(keys) != len(entries) or not keys.keys() <= _KEYS or "location" not in keys:
            raise Malformed("its external data entry is not valid")
        offset = _number(keys.get("offset", "0"), "offset")
        length = _number(keys.get("length", str(expected)), "length")
        if length != expected:
            raise Malformed(f"its external data has {length} bytes where {expected} are needed")
        self._left -= length
        if self._left < 0:
            raise Malformed(f"all external data together is over {MAX_FILE_BYTES} bytes")
        return self._slice(self._resolve(keys["location"]), offset, length)

    def _resolve(self, location: str) -> Path:
        """The file that a location names, which must lie inside the model's folder."""
        parts = PurePosixPath(location).parts
        # A colon is a drive or an alternate stream on Windows, a backslash a separator there.
        if not parts or location.startswith("/") or set(location) & set("\0\\:") or ".." in parts:
            raise Malformed(f"its external data lies in {location!r}, outside the model's folder")
        path = self._folder
        for part in parts:
            path = path / part
            if path.is_symlink():
                raise Malformed(
                    f"its external data {location!r} is reached through a symbolic link",
                    hint="copy the model and its data into one folder",
                )
        if not Path(os.path.realpath(path)).is_relative_to(self._folder) or path == self._model:
            raise Malformed(f"its external data lies in {location!r}, outside the model's folder")
        return path

    def _slice(self, path: Path, offset: int, length: int) -> bytes:
        """Bytes of a regular file that has one name only: a hard link may lead anywhere."""
        name = path.name
        try:
            descriptor = os.open(path, _OPEN_FLAGS)
            with open(descriptor, "rb") as stream:  # noqa: PTH123 - a descriptor, not a path
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise Malformed(f"its external data {name!r} is not a regular file")
                if status.st_nlink > 1:
                    raise Malformed(
                        f"its external data {name!r} is a hard link",
                        hint="copy the model and its data into one folder",
                    )
                if offset + length > status.st_size:
                    raise Malformed(
                        f"its external data ends at byte {offset + length} of {name!r},"
                        f" which has {status.st_size}"
                    )
                stream.seek(offset)
                data = stream.read(length)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Malformed(f"its external data {name!r} cannot be read: {reason}") from None
        if len(data) != length:
            raise Malformed(f"its external data {name!r} changed while it was being read")
        return data


def _number(text: str, what: str) -> int:
    """A non-negative decimal number."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Malformed(f"the {what} of its external data is {text[:40]!r}")
    return int(text)
