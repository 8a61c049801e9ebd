"""Extremes and sums of a batch, per channel and in all, at the speed of the memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray

Number = TypeVar("Number", bound=np.floating[Any])

WIDE = 1024  # values reduced side by side: NumPy is slow along short rows
BLOCK = 2**13  # squared at a time: stays in the cache, and BLAS does not start threads for it


@dataclass(frozen=True, eq=False)
class Moments:
    """What one pass over values ``(R, C)`` tells; channels are the last axis.

    Parameters
    ----------
    rows
        Number R of values per channel.
    low, high
        Extremes per channel ``(C,)``, float32.
    total
        Sum per channel ``(C,)``, float64.
    squares
        Sum of all squares, float64.
    """

    rows: int
    low: FloatArray
    high: FloatArray
    total: NDArray[np.float64]
    squares: float

    def merged(self, other: Moments) -> Moments:
        """Of the values of both; sums agree with any other order up to float64 rounding."""
        return Moments(
            self.rows + other.rows,
            np.minimum(self.low, other.low),
            np.maximum(self.high, other.high),
            self.total + other.total,
            self.squares + other.squares,
        )


def moments_of(values: FloatArray) -> Moments:
    """Moments of ``(N, ..., C)``, or ``(N,)`` for one channel; NaN shows in the extremes."""
    channels = values.shape[-1] if values.ndim > 1 else 1
    matrix = np.ascontiguousarray(values).reshape(-1, channels)
    return Moments(
        rows=matrix.shape[0],
        low=_reduced(np.minimum, matrix, np.float32),
        high=_reduced(np.maximum, matrix, np.float32),
        total=_reduced(np.add, matrix, np.float64),
        squares=_sum_of_squares(matrix.reshape(-1)),
    )


def _reduced(ufunc: np.ufunc, matrix: FloatArray, dtype: type[Number]) -> NDArray[Number]:
    """`ufunc` over the rows of ``(R, C)``, several rows side by side: ``(C,)``."""
    rows, channels = matrix.shape
    together = max(1, min(WIDE // channels, rows))
    even = rows - rows % together
    wide = ufunc.reduce(matrix[:even].reshape(-1, together * channels), axis=0, dtype=dtype)
    reduced = ufunc.reduce(wide.reshape(together, channels), axis=0, dtype=dtype)
    if even < rows:
        rest = ufunc.reduce(matrix[even:], axis=0, dtype=dtype)
        reduced = ufunc(reduced, rest)
    return np.asarray(reduced, dtype)


def _sum_of_squares(flat: FloatArray) -> float:
    """In float64, whose squares of float32 cannot overflow."""
    buffer = np.empty(min(BLOCK, flat.size))
    total = 0.0
    for start in range(0, flat.size, BLOCK):
        part = flat[start : start + BLOCK]
        block = buffer[: part.size]
        np.copyto(block, part)
        total += float(np.dot(block, block))
    return total
