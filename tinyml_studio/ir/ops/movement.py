"""Operators that move elements and compute nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from tinyml_studio.ir.ops.operator import Operator, Pads, Shape


@dataclass(frozen=True)
class Reshape(Operator):
    """The same elements in order, in another shape of one sample."""

    shape: Shape


@dataclass(frozen=True)
class Transpose(Operator):
    """Axes of the sample in another order, as `numpy.transpose`."""

    perm: tuple[int, ...]


@dataclass(frozen=True)
class Concat(Operator):
    """Several tensors joined along an axis of the sample (not negative)."""

    operands: ClassVar[int | None] = None
    axis: int


@dataclass(frozen=True)
class Split(Operator):
    """One tensor cut along an axis of the sample; one output per entry of `sizes`."""

    axis: int
    sizes: tuple[int, ...]

    @property
    def results(self) -> int:
        """One per entry of `sizes`."""
        return len(self.sizes)


@dataclass(frozen=True)
class Slice(Operator):
    """``x[start : start + step * size : step]`` on every axis; steps may be negative."""

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True)
class Gather(Operator):
    """Positions of every axis, by their indices: ``x.take(indices, axis)``, one axis at a time.

    `indices` has an entry for every axis of the sample; None takes the axis as it is. `label` says
    what the file calls it: nearest-neighbour Resize, Tile and Pad by reflection are all of this
    kind.
    """

    indices: tuple[tuple[int, ...] | None, ...]
    label: str = "Gather"

    @property
    def kind(self) -> str:
        """What the file calls it."""
        return self.label


@dataclass(frozen=True)
class Pad(Operator):
    """Constant padding; `pads` has an entry for every axis of the sample."""

    pads: Pads
    value: float = 0.0
