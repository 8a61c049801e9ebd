"""A small encoder of flatbuffers: what the reader reads, written without it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np

FORMATS = {"u1": "B", "i1": "b", "<u2": "H", "<i4": "i", "<u4": "I", "<f4": "f", "<i8": "q"}


@dataclass(frozen=True)
class Scalar:
    """A field that lies in the table itself."""

    kind: str
    value: float

    @property
    def data(self) -> bytes:
        return struct.pack("<" + FORMATS[self.kind], self.value)


@dataclass(frozen=True, eq=False)
class Vector:
    """Numbers, aligned to a power of two."""

    values: np.ndarray
    align: int = 8


@dataclass(eq=False)
class Table:
    """Fields by number: scalars, text, vectors, tables and lists of tables."""

    fields: dict[int, object] = field(default_factory=dict)


def encode(root: Table, identifier: bytes = b"TFL3") -> bytes:
    """The whole file; every offset leads forward."""
    out = bytearray(4) + identifier
    waiting: list[tuple[int, object]] = [(0, root)]
    while waiting:
        place, value = waiting.pop(0)
        if isinstance(value, Table):
            at = _table(out, value, waiting)
        elif isinstance(value, str):
            data = value.encode()
            at = _block(out, len(data), data + b"\0", 4)
        elif isinstance(value, Vector):
            at = _block(out, value.values.size, value.values.tobytes(), value.align)
        else:
            at = _block(out, len(value), bytes(4 * len(value)), 4)
            waiting += [(at + 4 + 4 * index, item) for index, item in enumerate(value)]
        struct.pack_into("<I", out, place, at - place)
    return bytes(out)


def _align(out: bytearray, size: int, before: int = 0) -> None:
    """Padding, so that what follows `before` bytes further on is aligned."""
    out.extend(bytes(-(len(out) + before) % size))


def _block(out: bytearray, count: int, data: bytes, align: int) -> int:
    """A count and what is counted; returns where the count lies."""
    _align(out, max(align, 4), before=4)
    at = len(out)
    out.extend(struct.pack("<I", count) + data)
    return at


def _table(out: bytearray, table: Table, waiting: list[tuple[int, object]]) -> int:
    """A vtable and a table; fields that are offsets are filled in later."""
    offsets, body = {}, bytearray(4)
    for number, value in table.fields.items():
        size = len(value.data) if isinstance(value, Scalar) else 4
        body.extend(bytes(-len(body) % size))
        offsets[number] = len(body)
        body.extend(value.data if isinstance(value, Scalar) else bytes(4))
    count = max(table.fields, default=-1) + 1
    entries = [offsets.get(number, 0) for number in range(count)]
    vtable = struct.pack(f"<{count + 2}H", 4 + 2 * count, len(body), *entries)
    _align(out, 8, before=len(vtable))
    struct.pack_into("<i", body, 0, len(vtable))
    at = len(out) + len(vtable)
    out.extend(vtable + body)
    waiting += [
        (at + offsets[number], value)
        for number, value in table.fields.items()
        if not isinstance(value, Scalar)
    ]
    return at
