"""Sample data as it lies in memory or in a file: a few samples at a time, in its own type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

AnyArray = NDArray[Any]

LOADED_BYTES = 256 * 2**20  # data up to this size is read once and kept
UNPACKED_BYTES = 2**30  # a compressed file that unpacks to more is refused


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


def kept_if_small(rows: Rows) -> Rows:
    """The rows in memory when they are at most `LOADED_BYTES`, else as they are."""
    elements = int(np.prod(rows.shape, dtype=object))
    if rows.in_memory or not rows.shape or elements * rows.dtype.itemsize > LOADED_BYTES:
        return rows
    return LoadedRows(rows.read(0, rows.shape[0]))
