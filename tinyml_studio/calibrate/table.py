"""`.csv` data: one sample a line, its values in the order of the flattened input."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.rows import READING, UNPACKED_BYTES, AnyArray
from tinyml_studio.errors import DataError
from tinyml_studio.ir.ops import Shape
from tinyml_studio.progress import Progress

REPORTED_LINES = 64  # between two reports of progress


def read_table(path: Path, shape: Shape, progress: Progress) -> tuple[FloatArray, AnyArray | None]:
    """Samples ``(N, *shape)`` and, from a column more than the input has values, labels ``(N,)``.

    A first line without any number is a heading.

    Raises
    ------
    DataError
        If a line has another number of values or something that is not a number.
    """
    columns = math.prod(shape)
    size = path.stat().st_size
    if size > UNPACKED_BYTES:
        raise DataError(f"{path} is too large for a table", hint="save it as an .npy file")
    rows: list[FloatArray] = []
    for number, fields in _lines(path, size, progress):
        if number == 1 and not any(map(_is_number, fields)):
            continue
        rows.append(_row(path, number, fields, columns))
        if rows[-1].size != rows[0].size:
            raise DataError(
                f"{path}, line {number} has {rows[-1].size} values, "
                f"the lines before have {rows[0].size}"
            )
    if not rows:
        raise DataError(f"{path} holds no samples")
    table = np.stack(rows)
    labels = table[:, columns] if table.shape[1] > columns else None
    return table[:, :columns].reshape(len(rows), *shape), labels


def _lines(path: Path, size: int, progress: Progress) -> Iterator[tuple[int, list[str]]]:
    """The fields of every line that is not empty, with its number from 1 on."""
    seen = 0
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if number % REPORTED_LINES == 1:
                    progress(min(seen, size), size, READING)
                seen += len(line)
                if line.strip():
                    yield number, line.split(",")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not a text file", detail=str(error)) from error


def _row(path: Path, number: int, fields: list[str], columns: int) -> FloatArray:
    """The values of one line."""
    if len(fields) not in (columns, columns + 1):
        raise DataError(
            f"{path}, line {number} has {len(fields)} values separated by commas",
            detail=f"the model's input has {columns}, and one more is taken for the label",
        )
    wrong = [field.strip() for field in fields if not _is_number(field)]
    if wrong:
        raise DataError(f"{path}, line {number}: {wrong[0][:40]!r} is not a number")
    with np.errstate(over="ignore"):  # becomes infinite, which is refused with the sample's number
        return np.array([float(field) for field in fields], dtype=np.float32)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
