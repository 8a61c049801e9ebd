"""What a tensor name stands for while a file is translated.

The batch size is not part of a graph, yet files compute with it (Shape, Gather, Concat, Reshape).
Constants are therefore evaluated for two batch sizes; what comes out the same for both does not
depend on the batch, and what comes out as exactly those two sizes is the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinyml_studio.formats.wire import Array, Foreign
from tinyml_studio.ir.ops import Shape

BATCHES = (61, 67)  # primes, so that no product of small sizes passes for one of them


@dataclass(frozen=True)
class Tensor:
    """A tensor that the network computes: shape of one sample, None when nobody knows it."""

    name: str
    shape: Shape | None


@dataclass(frozen=True, eq=False)
class Known:
    """A constant; `other` is its value for the second batch size when the two differ."""

    array: Array
    other: Array | None = None

    @classmethod
    def of(cls, first: Array, second: Array) -> Known:
        """The results for both batch sizes, as one value when they agree."""
        same = first.shape == second.shape and np.array_equal(
            first, second, equal_nan=_inexact(first)
        )
        return cls(first) if same else cls(first, second)


Value = Tensor | Known | Foreign


def is_batch(first: int, second: int) -> bool:
    """Whether two results are the batch size itself."""
    return (first, second) == BATCHES


def _inexact(array: Array) -> bool:
    return array.dtype.kind == "f"
