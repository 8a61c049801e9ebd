"""What an operator on constants is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Protocol

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.wire import Array, Attributes


class Budget:
    """How many elements constants of one file may still take.

    Parameters
    ----------
    elements
        The limit.
    what
        What the elements are, for the error.
    """

    def __init__(self, elements: int, what: str) -> None:
        self._left = elements
        self._what = what

    def claim(self, shape: Sequence[int]) -> None:
        """Announce an array of this shape before it is made; raises `Malformed`."""
        self._left -= prod(int(size) for size in shape)
        if self._left < 0 or any(size < 0 for size in shape):
            raise Malformed(f"with the shape {list(shape)}, {self._what} become too large")


@dataclass(frozen=True, eq=False)
class FoldCall:
    """One node whose operands are all constant."""

    op_type: str
    opset: int
    attributes: Attributes
    operands: tuple[Array | None, ...]
    outputs: int
    budget: Budget

    def optional(self, index: int) -> Array | None:
        """An operand, or None when it is left out."""
        return self.operands[index] if index < len(self.operands) else None

    def operand(self, index: int) -> Array:
        """An operand that must be there; raises `Malformed`."""
        array = self.optional(index)
        if array is None:
            raise Malformed(f"operand {index} is missing")
        return array

    def integers(self, name: str, index: int) -> tuple[int, ...] | None:
        """A list of integers that older files hold as attribute and newer ones as operand."""
        if name in self.attributes:
            return self.attributes.integers(name)
        array = self.optional(index)
        return None if array is None else whole_numbers(array, name)


class Fold(Protocol):
    """Evaluates one operator.

    Raises `Refused` for a variant that is not evaluated and `Malformed` for a wrong one; NumPy's
    own ValueError and IndexError count as `Malformed`.
    """

    def __call__(self, call: FoldCall, /) -> tuple[Array, ...]:
        """One array per output."""


def whole_numbers(array: Array, name: str) -> tuple[int, ...]:
    """A short integer array as Python integers; raises `Malformed` for anything else."""
    if array.dtype.kind not in "iu" or array.ndim > 1 or array.size > 4096:
        raise Malformed(f"the operand {name} is not a list of integers")
    return tuple(int(value) for value in array.reshape(-1))


def normal_axis(axis: int, rank: int) -> int:
    """An axis counted from the front; raises `Malformed` when there is none such."""
    if not -rank <= axis < rank:
        raise Malformed(f"there is no axis {axis} in a tensor of {rank} axes")
    return axis % rank


def normal_axes(axes: Sequence[int], rank: int) -> tuple[int, ...]:
    """Axes counted from the front, all different; raises `Malformed` otherwise."""
    found = tuple(normal_axis(axis, rank) for axis in axes)
    if len(set(found)) < len(found):
        raise Malformed(f"the axes {list(axes)} name one axis twice")
    return found
