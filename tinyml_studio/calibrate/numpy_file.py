"""`.npy` data, checked before anything is allocated; never a pickle, never memory-mapped.

A mapped file that is cut short by another program kills the process; reading it raises an error.
"""

from __future__ import annotations

import math
import tokenize
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy_format

from tinyml_studio.calibrate.rows import AnyArray, LoadedRows, Rows, kept_if_small
from tinyml_studio.errors import DataError
from tinyml_studio.progress import Progress

NUMBER_KINDS = "biuf"
BAD_HEADER = (  # what NumPy's header parser lets through, found by fuzzing it
    ValueError,
    TypeError,
    SyntaxError,
    tokenize.TokenError,
    EOFError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    MemoryError,
)
WIDEST_ITEM = 8  # bytes; longer floats are not portable


@dataclass(frozen=True)
class Header:
    """What an `.npy` header says, with the position of the first value behind it."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    start: int

    @property
    def nbytes(self) -> int:
        """Size of the values."""
        return math.prod(self.shape) * self.dtype.itemsize


@dataclass(frozen=True, eq=False)
class FileRows:
    """Samples that stay in an uncompressed file."""

    path: Path
    header: Header

    @property
    def shape(self) -> tuple[int, ...]:
        """``(N, ...)``."""
        return self.header.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values as stored."""
        return self.header.dtype

    @property
    def in_memory(self) -> bool:
        """Never."""
        return False

    def read(self, start: int, stop: int) -> AnyArray:
        """Samples `start` to `stop`, read from the file."""
        row = math.prod(self.shape[1:])
        offset = self.header.start + start * row * self.dtype.itemsize
        wanted = (stop - start) * row
        try:
            with self.path.open("rb") as file:
                values = np.fromfile(file, self.dtype, wanted, offset=offset)
        except OSError as error:
            raise DataError(f"{self.path} cannot be read", detail=str(error)) from error
        if values.size != wanted:
            raise DataError(f"{self.path} became shorter while it was being read")
        return values.reshape(stop - start, *self.shape[1:])


def read_npy(path: Path, progress: Progress) -> Rows:
    """The array in an `.npy` file.

    Raises
    ------
    DataError
        If it is no array of numbers, or its size differs from what its header says.
    """
    with path.open("rb") as file:
        header = read_header(file, str(path))
        size = path.stat().st_size - header.start
    check_size(header, size, str(path))
    rows = kept_if_small(FileRows(path, header), progress)
    if not header.fortran_order:
        return rows
    if not rows.in_memory:
        raise DataError(
            f"{path} holds a large array in Fortran order, whose samples lie scattered",
            hint="save it again with numpy.save(path, numpy.ascontiguousarray(x))",
        )
    return LoadedRows(restored(rows.read(0, len_of(header)).ravel(), header))


def read_header(file: IO[bytes], where: str) -> Header:
    """The header at the start of `file`; `where` names it in errors.

    Raises
    ------
    DataError
        If it is damaged, or the values are pickled objects or no real numbers.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about headers of Python 2 and odd literals
            version = npy_format.read_magic(file)
            read = {(1, 0): npy_format.read_array_header_1_0}.get(
                version, npy_format.read_array_header_2_0
            )
            shape, fortran_order, dtype = read(file)
    except BAD_HEADER as error:
        raise DataError(f"{where} is not a NumPy array", detail=first_line(error)) from error
    check_dtype(dtype, where)
    if any(size < 0 for size in shape):
        raise DataError(f"{where} says that its shape is {shape}")
    return Header(tuple(map(int, shape)), bool(fortran_order), dtype, file.tell())


def check_dtype(dtype: np.dtype[Any], where: str) -> None:
    """DataError unless the values are integers, booleans or real numbers of up to 64 bits."""
    if dtype.hasobject:
        raise DataError(
            f"{where} holds pickled Python objects",
            detail="unpickling could run any code, so it is refused",
            hint="save a plain array of numbers",
        )
    if dtype.kind not in NUMBER_KINDS or dtype.itemsize > WIDEST_ITEM or dtype.subdtype:
        raise DataError(
            f"{where} holds values of type {dtype.name}", hint="save integers or real numbers"
        )


def check_size(header: Header, size: int, where: str) -> None:
    """DataError unless exactly the values that the header promises follow it."""
    if header.nbytes != size:
        raise DataError(
            f"{where} is damaged",
            detail=f"its header promises {header.nbytes} bytes of values, the file holds {size}",
        )


def restored(flat: AnyArray, header: Header) -> AnyArray:
    """The values in their shape, from the order in which they lie in the file."""
    return flat.reshape(header.shape, order="F" if header.fortran_order else "C")


def len_of(header: Header) -> int:
    """Number of samples."""
    return header.shape[0] if header.shape else 0


def first_line(error: BaseException) -> str:
    """An error's own words, shortened to a line."""
    return str(error).strip().partition("\n")[0]
