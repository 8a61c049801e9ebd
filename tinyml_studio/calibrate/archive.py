"""`.npz` archives: sizes are checked before anything is unpacked."""

from __future__ import annotations

import zipfile
import zlib
from collections import Counter
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.calibrate.numpy_file import (
    check_size,
    first_line,
    read_header,
    restored,
)
from tinyml_studio.calibrate.rows import READ_BYTES, READING, UNPACKED_BYTES, AnyArray
from tinyml_studio.errors import DataError
from tinyml_studio.progress import Progress

SUFFIX = ".npy"
MOST_MEMBERS = 10_000
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    RuntimeError,  # encrypted
    NotImplementedError,  # an unknown compression
    ValueError,
)


class Archive:
    """The arrays of an `.npz` file by name; each is read when it is asked for.

    Raises
    ------
    DataError
        If the file is no archive, or holds two arrays of one name.
    """

    def __init__(self, path: Path, progress: Progress) -> None:
        self.path = path
        self._progress = progress
        try:
            with zipfile.ZipFile(path) as file:
                members = file.infolist()
        except DAMAGED as error:
            raise DataError(f"{path} is not an .npz archive", detail=first_line(error)) from error
        counts = Counter(member.filename for member in members)
        twice = [name for name, count in counts.items() if count > 1]
        if twice or len(members) > MOST_MEMBERS:
            reason = f"{twice[0]} is in it twice" if twice else f"{len(members)} members"
            raise DataError(f"{path} cannot be used", detail=reason)
        self._members = {
            member.filename.removesuffix(SUFFIX): member
            for member in members
            if member.filename.endswith(SUFFIX)
        }
        self._unpacked = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the arrays."""
        return tuple(self._members)

    def where(self, name: str) -> str:
        """How errors call an array."""
        return f"array {name!r} in {self.path}"

    def read(self, name: str) -> AnyArray:
        """An array in its own type.

        Raises
        ------
        DataError
            If it does not exist, is damaged, too large or not made of numbers.
        """
        where = self.where(name)
        member = self._members[name]
        self._unpacked += member.file_size
        if self._unpacked > UNPACKED_BYTES:
            raise DataError(
                f"{where} is too large to unpack",
                detail=f"{self._unpacked} bytes in all, the limit is {UNPACKED_BYTES}",
                hint="save it as an .npy file, which is read piece by piece",
            )
        try:
            with zipfile.ZipFile(self.path) as archive, archive.open(member) as file:
                header = read_header(file, where)
                check_size(header, member.file_size - header.start, where)
                content = self._unpacked_values(file, header.nbytes)
        except DAMAGED as error:
            raise DataError(f"{where} cannot be unpacked", detail=first_line(error)) from error
        return restored(content.view(header.dtype), header)

    def _unpacked_values(self, file: IO[bytes], size: int) -> NDArray[np.uint8]:
        """The next `size` bytes; EOFError when there are fewer."""
        content = np.empty(size, np.uint8)
        for start in range(0, size, READ_BYTES):
            self._progress(start, size, READING)
            part = file.read(min(READ_BYTES, size - start))
            content[start : start + len(part)] = np.frombuffer(part, np.uint8)
            if len(part) < min(READ_BYTES, size - start):
                raise EOFError("the values end early")
        file.read(1)  # reaches the end, where the checksum is compared
        return content
