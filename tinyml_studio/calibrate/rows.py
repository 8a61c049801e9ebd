"""Sample data as it lies in memory or in a file: a few samples at a time, in its own type."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.progress import Progress

AnyArray = NDArray[Any]

LOADED_BYTES = 256 * 2**20  # data up to this size is read once and kept
UNPACKED_BYTES = 2**30  # a compressed file that unpacks to more is refused
READ_BYTES = 2**23  # between two reports of progress
MOST_AT_A_TIME = 64  # images decoded between two reports of progress
READING = "Reading samples"


class Rows(Protocol):
    """Samples along the first axis; what is too large to keep is read again each time."""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(N, ...)``."""

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values as stored."""

    @property
    def in_memory(self) -> bool:
        """Whether reading costs nothing and can no longer fail."""

    def read(self, start: int, stop: int) -> AnyArray:
        """Samples `start` to `stop`, ``(stop - start, ...)``; DataError if the file has changed."""


@dataclass(frozen=True, eq=False)
class LoadedRows:
    """Samples in memory."""

    values: AnyArray

    @property
    def shape(self) -> tuple[int, ...]:
        """``(N, ...)``."""
        return tuple(self.values.shape)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.values.dtype

    @property
    def in_memory(self) -> bool:
        """Always."""
        return True

    def read(self, start: int, stop: int) -> AnyArray:
        """A view of the samples `start` to `stop`."""
        return self.values[start:stop]


@dataclass(frozen=True, eq=False)
class SpreadRows:
    """Some samples of others, evenly spread over them.

    Parameters
    ----------
    rows
        All samples.
    count
        How many of them; at most as many as there are.
    """

    rows: Rows
    count: int

    @property
    def shape(self) -> tuple[int, ...]:
        """``(count, ...)``."""
        return (self.count, *self.rows.shape[1:])

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values as stored."""
        return self.rows.dtype

    @property
    def in_memory(self) -> bool:
        """Whether all samples are."""
        return self.rows.in_memory

    def read(self, start: int, stop: int) -> AnyArray:
        """Samples `start` to `stop` of the spread ones, ``(stop - start, ...)``."""
        chosen = spread_positions(self.count, self.rows.shape[0])[start:stop]
        return np.concatenate([self.rows.read(int(at), int(at) + 1) for at in chosen])


def spread_positions(count: int, total: int) -> NDArray[np.int64]:
    """`count` rising positions ``(count,)`` among `total`, evenly spread, the first among them."""
    return np.arange(count, dtype=np.int64) * total // count


def kept_if_small(rows: Rows, progress: Progress) -> Rows:
    """The rows in memory when they are at most `LOADED_BYTES`, else as they are."""
    if rows.in_memory or not rows.shape or nbytes(rows) > LOADED_BYTES:
        return rows
    values = np.empty(rows.shape, rows.dtype)
    count = rows.shape[0]
    step = max(1, min(MOST_AT_A_TIME, READ_BYTES * count // max(1, nbytes(rows))))
    for start in range(0, count, step):
        progress(start, count, READING)
        values[start : start + step] = rows.read(start, min(start + step, count))
    return LoadedRows(values)


def nbytes(rows: Rows) -> int:
    """Size of all values as stored."""
    return math.prod(rows.shape) * rows.dtype.itemsize
