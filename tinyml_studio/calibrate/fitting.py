"""Whether data has the shape and the values that an input of the model takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.calibrate.rows import AnyArray, Rows
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph, Port
from tinyml_studio.ir.ops import Shape


@dataclass(frozen=True, eq=False)
class InputData:
    """The samples of one input: ``(stored - offset) * scale``, float32 when they are read.

    Parameters
    ----------
    rows
        The stored values ``(N, ...)``.
    shape
        The input's shape in the model's layout; differs from the stored one by unit axes only.
    where
        How errors call the data.
    scale, offset
        Exact for integers as stored when 1 and 0.
    """

    rows: Rows
    shape: Shape
    where: str
    scale: float = 1.0
    offset: float = 0.0

    def read(self, start: int, stop: int) -> FloatArray:
        """Samples `start` to `stop`, ``(stop - start, *shape)``.

        Raises
        ------
        DataError
            If a value is not finite; names the sample.
        """
        stored = self.rows.read(start, stop)
        scaled = (self.scale, self.offset) != (1.0, 0.0)
        with np.errstate(over="ignore", invalid="ignore"):  # the check below names the sample
            real = (stored.astype(np.float64) - self.offset) * self.scale if scaled else stored
            values: FloatArray = real.astype(np.float32).reshape(stop - start, *self.shape)
        if scaled or stored.dtype.kind == "f":
            self._check_finite(values, start)
        return values

    def _check_finite(self, values: FloatArray, start: int) -> None:
        finite = np.isfinite(values).reshape(values.shape[0], -1).all(axis=1)
        if not finite.all():
            sample = start + int(np.argmin(finite))
            raise DataError(
                f"{self.where}: sample {sample} is not finite",
                detail="it holds NaN, infinity or a number that float32 cannot hold",
            )


def fitted(rows: Rows, port: Port, where: str, *, scale: float, offset: float) -> InputData:
    """The rows as samples of `port`; axes of size 1 may be missing or too many.

    Raises
    ------
    DataError
        If there are no samples or their shape is another; says how to repair it where that is
        plain.
    """
    shape = rows.shape
    if len(shape) == 0 or shape[0] == 0:
        raise DataError(f"{where} holds no samples", detail=f"its shape is {shape}")
    if _without_ones(shape[1:]) == _without_ones(port.shape):
        return InputData(rows, port.shape, where, scale, offset)
    raise DataError(
        f"{where} has the shape {shape}",
        detail=f"the model's input {port.name!r} takes {('N', *port.shape)}".replace("'N'", "N"),
        hint=_shape_hint(shape, port.shape),
    )


def stored_scaling(graph: Graph, port: Port, dtype: np.dtype[Any]) -> tuple[float, float]:
    """Scale and offset of stored values for which nobody states any.

    Integers of the very type that a quantized model takes are its raw integers; other values are
    real ones as they are, ``(1, 0)``.
    """
    held = None if graph.found is None else graph.found.activations.get(port.tensor)
    if held is None or dtype.kind not in "iu" or dtype != np.dtype(held.stored):
        return 1.0, 0.0
    return held.scale, float(held.stored_zero_point)


def checked_labels(labels: AnyArray, count: int, where: str) -> Int64Array:
    """Labels ``(N,)`` as class numbers.

    Raises
    ------
    DataError
        If their number differs from that of the samples, or they are not whole numbers from 0 on.
    """
    if labels.ndim > 1 and labels.size != labels.shape[0]:
        raise DataError(
            f"{where} has the shape {labels.shape}",
            hint="labels are one class number per sample; take argmax of one-hot rows",
        )
    flat = labels.reshape(-1)
    if flat.size != count:
        raise DataError(f"{where} holds {flat.size} labels for {count} samples")
    whole = np.isfinite(flat) & (flat == np.floor(flat)) & (flat >= 0) & (flat < 2**31)
    if not whole.all():
        sample = int(np.argmin(whole))
        raise DataError(
            f"{where}: the label of sample {sample} is {flat[sample]}",
            hint="labels are class numbers: 0, 1, 2, ...",
        )
    return flat.astype(np.int64)


def _without_ones(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)


def _shape_hint(given: Shape, wanted: Shape) -> str:
    """What to do about a shape that does not fit, as far as it is plain."""
    sample = given[1:]
    if _without_ones(given) == _without_ones(wanted):
        return "this is a single sample; add the batch axis: x[numpy.newaxis]"
    if len(wanted) > 1 and len(sample) == len(wanted):
        last = len(wanted)
        if sample == (*wanted[1:], wanted[0]):
            axes = (0, last, *range(1, last))
            return f"its channels come last, the model's first: x.transpose{axes}"
        if sample == (wanted[-1], *wanted[:-1]):
            axes = (0, *range(2, last + 1), 1)
            return f"its channels come first, the model's last: x.transpose{axes}"
    if np.prod(sample, dtype=object) == np.prod(wanted, dtype=object):
        return f"if the order of the values is right: x.reshape{(-1, *wanted)}"
    return "give the data in the model's own layout, samples along the first axis"
