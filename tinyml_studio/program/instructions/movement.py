"""Instructions that move integers and compute nothing."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.program.instructions.instruction import Instruction


@dataclass(frozen=True, eq=False)
class Concat(Instruction):
    """Tensors of one grid joined along an axis of the sample."""

    axis: int


@dataclass(frozen=True, eq=False)
class Slice(Instruction):
    """``x[start : start + step * size : step]`` on every axis; a Split is several of these."""

    starts: tuple[int, ...]
    sizes: tuple[int, ...]
    steps: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Gather(Instruction):
    """``x.take(indices, axis)`` for every axis that has indices, at most two of them."""

    indices: tuple[tuple[int, ...] | None, ...]


@dataclass(frozen=True, eq=False)
class Pad(Instruction):
    """Constant padding on every axis of the sample with the integer `value`."""

    pads: tuple[tuple[int, int], ...]
    value: int


@dataclass(frozen=True, eq=False)
class Transpose(Instruction):
    """Axes of the sample in another order, as `numpy.transpose`."""

    perm: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Reshape(Instruction):
    """The same integers in order, in the shape of the output tensor."""
