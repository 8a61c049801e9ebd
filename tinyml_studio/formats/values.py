"""What a tensor name stands for while a file is translated.

The batch size is not part of a graph, yet files compute with it (Shape, Gather, Concat, Reshape).
Constants are therefore evaluated for two batch sizes; what comes out the same for both does not
depend on the batch, and what comes out as exactly those two sizes is the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinyml_studio.formats.encoding import Encoding
from tinyml_studio.formats.wire import Array, Foreign
from tinyml_studio.ir.ops import Shape

BATCHES = (61, 67)  # primes, so that no product of small sizes passes for one of them


@dataclass(frozen=True)
class Tensor:
    """A tensor that the network computes.

    `shape` is that of one sample, None when nobody knows it. The file's tensor has the batch in
    front of the sample's axis `batch_axis`: as an axis of its own, as one with the axis behind it
    when `merged`, or as one with the axis before it when `trailing`. `stored` is the integer type
    that the file's tensor has, empty where it holds real numbers.
    """

    name: str
    shape: Shape | None
    merged: bool = False
    stored: str = ""
    batch_axis: int = 0
    trailing: bool = False

    @property
    def is_joined(self) -> bool:
        """Whether the batch is one axis with another."""
        return self.merged or self.trailing

    def file_shape(self, batch: int) -> Shape:
        """Shape of the file's tensor for a batch of this size; the shape must be known."""
        if self.shape is None:
            raise ValueError(f"the shape of {self.name} is not known")
        before, behind = self.shape[: self.batch_axis], self.shape[self.batch_axis :]
        if self.merged:
            return (*before, batch * behind[0], *behind[1:])
        if self.trailing:
            return (*before[:-1], before[-1] * batch, *behind)
        return (*before, batch, *behind)


@dataclass(frozen=True, eq=False)
class Known:
    """A constant.

    Parameters
    ----------
    array
        Its value.
    other
        Its value for the second batch size when the two differ.
    bits
        The width of integers that the file packs, 0 for those of `array`'s own type.
    narrow
        The width that limits leave of integers, 0 where there are none.
    encoding
        Where it was dequantized, the integers that it comes from.
    """

    array: Array
    other: Array | None = None
    bits: int = 0
    narrow: int = 0
    encoding: Encoding | None = None

    def at(self, trial: int) -> Array:
        """The value for one of the two batch sizes, 0 or 1."""
        return self.array if trial == 0 or self.other is None else self.other

    @classmethod
    def of(cls, first: Array, second: Array) -> Known:
        """The results for both batch sizes, as one value when they agree."""
        same = first.shape == second.shape and np.array_equal(
            first, second, equal_nan=_inexact(first)
        )
        return cls(first) if same else cls(first, second)


Value = Tensor | Known | Foreign


def _inexact(array: Array) -> bool:
    return array.dtype.kind == "f"
