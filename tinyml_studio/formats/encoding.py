"""How integers of a file stand for real numbers, and the grid that they are here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.formats.limits import MAX_SCALE, MIN_SCALE
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.wire import Array
from tinyml_studio.ir.found import FoundGrid


@dataclass(frozen=True, slots=True)
class StoredType:
    """An integer type of a file: 1 to 32 bits, with a sign or without."""

    bits: int
    signed: bool

    def __str__(self) -> str:
        return f"{'' if self.signed else 'u'}int{self.bits}"

    @property
    def low(self) -> int:
        """Smallest integer."""
        return -(1 << (self.bits - 1)) if self.signed else 0

    @property
    def high(self) -> int:
        """Largest integer."""
        return (1 << (self.bits - self.signed)) - 1


@dataclass(frozen=True, eq=False)
class Encoding:
    """``real = scale * (q - zero_point)``, with several scales along one axis or one for all.

    Parameters
    ----------
    kind
        The file's type of q.
    scale, zero_point
        ``(1,)``, or one per index of `axis`.
    axis
        Of the file's tensor, the batch included where it has one.
    integers
        Of a constant, in the file's shape.
    binary
        q is -1 or 1.
    """

    kind: StoredType
    scale: NDArray[np.float64]
    zero_point: Int64Array
    axis: int = 0
    integers: Array | None = None
    binary: bool = False

    @property
    def is_single(self) -> bool:
        """Whether there is one scale for all."""
        return self.scale.size == 1

    @property
    def float_type(self) -> type[np.float32] | type[np.float64]:
        """What holds every integer: up to 16 bits float32, in half of the memory."""
        return np.float32 if self.kind.bits <= 16 else np.float64

    def along(self, values: Array, rank: int) -> Array:
        """Scales or zero points, shaped to broadcast against a tensor of `rank` axes."""
        if self.is_single:
            return values.reshape(())
        shape = [1] * rank
        shape[self.axis] = -1
        return values.reshape(shape)

    def real(self, integers: Array) -> FloatArray:
        """What integers stand for: one float32 product, as DequantizeLinear has it."""
        exact = self.float_type
        zero_point = self.along(self.zero_point.astype(exact), integers.ndim)
        scale = self.along(self.scale.astype(exact), integers.ndim)
        return np.asarray(((integers.astype(exact) - zero_point) * scale).astype(np.float32))

    def rounded(self, values: FloatArray) -> Array:
        """Integers of real numbers: a float32 quotient, ties to even, as QuantizeLinear has it."""
        scale = self.along(self.scale.astype(np.float32), values.ndim)
        zero_point = self.along(self.zero_point.astype(np.float32), values.ndim)
        moved = np.rint(values / scale) + zero_point
        return np.asarray(np.clip(moved, self.kind.low, self.kind.high).astype(np.int32))

    def of(self, integers: Array) -> Encoding:
        """The same for a constant's integers."""
        return replace(self, integers=integers)

    def transposed(self, perm: tuple[int, ...]) -> Encoding:
        """The encoding of a transposed constant."""
        integers = None if self.integers is None else self.integers.transpose(perm)
        return replace(self, axis=perm.index(self.axis), integers=integers)

    def moved(self, integers: Array | None) -> Encoding:
        """The encoding of a constant that has another shape; there is one scale."""
        return replace(self, axis=0, integers=integers)

    def times(self, factor: float) -> Encoding | None:
        """The encoding of the same integers, times a factor; None where no scale can hold it."""
        with np.errstate(over="ignore"):
            scale = (self.scale * np.float32(factor)).astype(np.float32).astype(np.float64)
        if ((scale < MIN_SCALE) | (scale > MAX_SCALE)).any():
            return None
        return replace(self, scale=scale)

    @property
    def is_activation(self) -> bool:
        """Whether the integers can be those of an activation."""
        return self.is_single and not self.binary and self.kind.bits <= 16

    @property
    def grid(self) -> FoundGrid:
        """The grid of an activation, in our signed integers.

        Raises
        ------
        Refused
            If there are several scales, or no kernel computes with so many bits.
        """
        if not self.is_single:
            raise Refused("an activation with several scales is not supported")
        if self.binary or self.kind.bits > 16:
            raise Refused(f"an activation of type {self.kind} is not supported")
        bits = container(self.kind.bits)
        offset = 0 if self.kind.signed else 1 << (bits - 1)
        return FoundGrid(
            bits, float(self.scale[0]), int(self.zero_point[0]) - offset, str(self.kind)
        )

    @property
    def is_full(self) -> bool:
        """Whether an activation may take every integer of the type that holds it here."""
        return self.kind.bits == container(self.kind.bits)


def container(bits: int) -> int:
    """The narrowest width of our activations that holds so many bits."""
    return next(width for width in (4, 8, 16) if bits <= width)


def same_grid(first: FoundGrid, second: FoundGrid) -> bool:
    """Whether two grids mean the same numbers by the same integers of ours."""
    return replace(first, stored=second.stored) == second
