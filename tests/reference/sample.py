"""One sample of a tensor as plain Python ints."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import prod

Index = tuple[int, ...]


@dataclass(frozen=True)
class Sample:
    """Values in C order with the grid of their tensor."""

    shape: tuple[int, ...]
    data: list[int]
    zero_point: int
    bits: int

    def at(self, *index: int) -> int:
        """The value at an index of full rank."""
        position = 0
        for axis, extent in zip(index, self.shape, strict=True):
            assert 0 <= axis < extent
            position = position * extent + axis
        return self.data[position]

    def broadcast_at(self, index: Index) -> int:
        """The value under an index of a shape that this one broadcasts to."""
        own = index[len(index) - len(self.shape) :]
        return self.at(
            *(0 if extent == 1 else i for i, extent in zip(own, self.shape, strict=True))
        )

    def as_image(self) -> Sample:
        """The same with unit axes in front, rank 3."""
        return Sample(
            (1,) * (3 - len(self.shape)) + self.shape, self.data, self.zero_point, self.bits
        )


def indices(shape: tuple[int, ...]) -> list[Index]:
    """All indices of a shape in C order."""
    return list(product(*map(range, shape)))


def image_shape(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """A spatial shape with unit axes in front, rank 3."""
    height, width, channels = (1,) * (3 - len(shape)) + shape
    return height, width, channels


def size(shape: tuple[int, ...]) -> int:
    """Elements of a shape."""
    return prod(shape)
