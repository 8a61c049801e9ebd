"""A flatbuffer read with every offset, length and count checked before it is followed.

A table is a signed offset to its vtable and the fields that this lists; strings, vectors and
tables are reached by unsigned offsets. Nothing here recurses or trusts a number of the file.
Source: the FlatBuffers internals document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.formats.limits import MAX_NAME_LENGTH
from tinyml_studio.formats.refusal import Malformed

MAX_FOLLOWED = 4_000_000  # offsets of one file; shared tables count every time they are visited
_MAX_VTABLE = 512  # bytes: 254 fields, and the largest table of the schema has twenty
_SIZES = {"u1": 1, "i1": 1, "<u2": 2, "<i4": 4, "<u4": 4, "<f4": 4, "<i8": 8, "<u8": 8}


@dataclass
class Bytes:
    """The file, and how many offsets were followed in it."""

    data: bytes
    followed: int = field(default=0)

    def number(self, kind: str, at: int) -> int | float:
        """One little-endian scalar.

        Raises
        ------
        Malformed
            If it does not lie inside the file.
        """
        size = _SIZES[kind]
        self.check(at, size)
        if kind == "<f4":
            return float(np.frombuffer(self.data, kind, 1, at)[0])
        signed = kind[-2] == "i"
        return int.from_bytes(self.data[at : at + size], "little", signed=signed)

    def integer(self, kind: str, at: int) -> int:
        """One scalar of an integer kind."""
        return int(self.number(kind, at))

    def check(self, at: int, size: int) -> None:
        """Malformed unless `size` bytes lie at `at`."""
        if at < 0 or size < 0 or at + size > len(self.data):
            raise Malformed(f"it needs {size} bytes at {at}, and the file has {len(self.data)}")

    def follow(self, at: int) -> int:
        """Where the unsigned offset at `at` leads."""
        self.followed += 1
        if self.followed > MAX_FOLLOWED:
            raise Malformed(f"it has more than {MAX_FOLLOWED} offsets")
        offset = self.integer("<u4", at)
        if offset == 0:
            raise Malformed(f"the offset at {at} leads to itself")
        self.check(at + offset, 4)
        return at + offset


@dataclass(frozen=True, eq=False)
class Table:
    """One table: fields by their number in the schema; absent ones have their default.

    Parameters
    ----------
    source
        The file.
    at
        Where the table begins.
    fields
        Offset of each field inside the table; 0 for absent ones.
    size
        Bytes of the table.
    """

    source: Bytes
    at: int
    fields: tuple[int, ...]
    size: int

    @classmethod
    def root(cls, data: bytes) -> Table:
        """The table that the file begins with.

        Raises
        ------
        Malformed
            If the file is too short for it.
        """
        source = Bytes(data)
        source.check(0, 8)
        return cls.read(source, source.follow(0))

    @classmethod
    def read(cls, source: Bytes, at: int) -> Table:
        """The table at a place, with its vtable."""
        vtable = at - source.integer("<i4", at)
        source.check(vtable, 4)
        length, size = source.integer("<u2", vtable), source.integer("<u2", vtable + 2)
        if not 4 <= length <= _MAX_VTABLE or length % 2 or size < 4:
            raise Malformed(f"the table at {at} has a vtable of {length} bytes for {size}")
        source.check(vtable, length)
        source.check(at, size)
        raw = np.frombuffer(source.data, "<u2", length // 2 - 2, vtable + 4)
        fields = tuple(int(entry) for entry in raw)
        if max(fields, default=0) >= size:
            raise Malformed(f"the table at {at} has {size} bytes and a field behind them")
        return cls(source, at, fields, size)

    def integer(self, number: int, kind: str, default: int = 0) -> int:
        """An integer field; `kind` is its NumPy type."""
        at = self._place(number, _SIZES[kind])
        return default if at is None else self.source.integer(kind, at)

    def real(self, number: int, default: float = 0.0) -> float:
        """A float32 field."""
        at = self._place(number, 4)
        return default if at is None else float(self.source.number("<f4", at))

    def flag(self, number: int, *, default: bool = False) -> bool:
        """A bool field."""
        return bool(self.integer(number, "u1", int(default)))

    def text(self, number: int) -> str:
        """A string field, empty when absent.

        Raises
        ------
        Malformed
            If it is too long or no UTF-8.
        """
        at = self._target(number)
        if at is None:
            return ""
        length = self.source.integer("<u4", at)
        if length > MAX_NAME_LENGTH:
            raise Malformed(f"a text at {at} has {length} bytes")
        self.source.check(at + 4, length)
        try:
            return self.source.data[at + 4 : at + 4 + length].decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed(f"a text at {at} is not UTF-8") from None

    def vector(self, number: int, kind: str) -> NDArray[Any] | None:
        """A vector of scalars as a read-only view of the file; None when absent."""
        at = self._target(number)
        if at is None:
            return None
        count = self.source.integer("<u4", at)
        self.source.check(at + 4, count * _SIZES[kind])
        return np.frombuffer(self.source.data, kind, count, at + 4)

    def table(self, number: int) -> Table | None:
        """A table field; None when absent."""
        at = self._target(number)
        return None if at is None else Table.read(self.source, at)

    def tables(self, number: int, what: str, limit: int) -> tuple[Table, ...]:
        """A vector of tables, empty when absent.

        Raises
        ------
        Malformed
            If there are more than `limit`; `what` says of what.
        """
        at = self._target(number)
        if at is None:
            return ()
        count = self.source.integer("<u4", at)
        if count > limit:
            raise Malformed(f"it has {count} {what}, and at most {limit} are read")
        self.source.check(at + 4, 4 * count)
        places = range(at + 4, at + 4 + 4 * count, 4)
        return tuple(Table.read(self.source, self.source.follow(place)) for place in places)

    def has(self, number: int) -> bool:
        """Whether a field is present."""
        return number < len(self.fields) and self.fields[number] != 0

    def _place(self, number: int, size: int) -> int | None:
        """Where a field lies; None when it is absent."""
        if not self.has(number):
            return None
        if self.fields[number] < 4 or self.fields[number] + size > self.size:
            raise Malformed(f"field {number} of the table at {self.at} lies outside of it")
        return self.at + self.fields[number]

    def _target(self, number: int) -> int | None:
        """Where the offset in a field leads; None when it is absent."""
        at = self._place(number, 4)
        return None if at is None else self.source.follow(at)
