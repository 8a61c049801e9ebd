"""What a layer prints in C: calls of kernels with their operands, constants and parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.float32 import Real
from tinyml_studio.arith.inttype import IntArray, IntType
from tinyml_studio.arith.packing import pack
from tinyml_studio.emit.binding import Binding, c_type
from tinyml_studio.emit.c_text import integers


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor that a kernel reads."""

    tensor: str


@dataclass(frozen=True, slots=True)
class Result:
    """A tensor that a kernel writes."""

    tensor: str


@dataclass(frozen=True, slots=True)
class Scratch:
    """The memory of `scratch_sizes` that a kernel has for itself while it runs."""


@dataclass(frozen=True)
class Table:
    """A constant array in flash.

    Parameters
    ----------
    role
        What it holds, the last part of its name; the bytes of ``weights`` count as such.
    c_type
        Type of an entry.
    data
        The entries, each in the bytes of its type: as small as they can be kept, and compared and
        hashed at once.
    aligned
        Whether kernels read it in words of four bytes.
    """

    role: str
    c_type: str
    data: bytes
    aligned: bool = False

    @property
    def values(self) -> NDArray[np.integer]:
        """The entries."""
        return np.frombuffer(self.data, _dtype(self.c_type))

    @property
    def nbytes(self) -> int:
        """Bytes in flash."""
        return len(self.data)

    @property
    def count(self) -> int:
        """Number of entries."""
        return len(self.data) // _dtype(self.c_type).itemsize

    @cached_property
    def text(self) -> str:
        """The entries as lines of C; made once, as weights are long and most edits keep them."""
        return integers(self.values.tolist(), self.c_type)


@dataclass(frozen=True, slots=True)
class Parameters:
    """A structure of parameters; `values` has an entry for every member."""

    struct: str
    values: Mapping[str, Value]


Value = int | tuple[int, ...] | Table | Parameters
Argument = int | Operand | Result | Scratch | Table | Parameters


@dataclass(frozen=True, slots=True)
class KernelCall:
    """One call of a kernel of `resources/c/`.

    Parameters
    ----------
    kernel, binding, arguments
        What is called, for which types, with what.
    helium
        The call that takes its place on a core with Helium; None where it is the same.
    """

    kernel: str
    binding: Binding
    arguments: tuple[Argument, ...]
    helium: KernelCall | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """All constant arrays among the arguments."""
        return tuple(_tables(self.arguments))


def _tables(values: Iterable[Argument | Value]) -> Iterator[Table]:
    for value in values:
        if isinstance(value, Table):
            yield value
        elif isinstance(value, Parameters):
            yield from _tables(value.values.values())


def real(value: float) -> Parameters:
    """A float32 value as ``tms_real_t``."""
    return Parameters("tms_real_t", Real.of(value)._asdict())


def float_bits(value: float) -> int:
    """The bits of a float32 value as a signed integer."""
    return int(np.float32(value).view(np.int32))


def _dtype(c_type: str) -> np.dtype[np.integer]:
    return np.dtype(c_type.removesuffix("_t"))


def table(role: str, c_type: str, values: NDArray[np.integer], *, aligned: bool = False) -> Table:
    """A constant array of any shape, row by row.

    Raises
    ------
    ValueError
        If a value is not one of the type.
    """
    entries = values.astype(_dtype(c_type))
    if not np.array_equal(entries, values):
        raise ValueError(f"{role} has values that are no {c_type}")
    return Table(role, c_type, entries.tobytes(), aligned)


def weight_table(weights: IntArray, type_: IntType) -> Table:
    """Weights in flash: int8 values, int16 for 9 bits, or the bytes of the packed bit stream."""
    if type_.bits == 9:
        return table("weights", "int16_t", weights)
    packed = pack(weights, type_)
    if type_.bits == 8:
        return Table("weights", "int8_t", bytes(packed))
    return Table("weights", "uint8_t", bytes(packed))


def integer_table(role: str, values: NDArray[np.integer], type_: IntType) -> Table:
    """Integers in flash, one to a carrier of `type_`."""
    return table(role, c_type(type_), values)


def narrowest(values: NDArray[np.integer], *widths: int) -> IntType:
    """The first of the widths that holds all values, else the last."""
    for bits in widths[:-1]:
        if IntType(bits).min <= int(values.min()) and int(values.max()) <= IntType(bits).max:
            return IntType(bits)
    return IntType(widths[-1])
