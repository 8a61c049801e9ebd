"""Samples for calibration and evaluation, from the files that people have."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.calibrate.archive import Archive
from tinyml_studio.calibrate.fitting import InputData, checked_labels, fitted, stored_scaling
from tinyml_studio.calibrate.numpy_file import check_dtype, read_npy
from tinyml_studio.calibrate.rows import AnyArray, LoadedRows, Rows, SpreadRows, spread_positions
from tinyml_studio.calibrate.table import read_table
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph, Port
from tinyml_studio.progress import Progress, silent

SINGLE_INPUT = "x"
LABELS = "y"
CHECKING = "Checking samples"
CHECKED_BYTES = 2**23  # of samples at a time, when all are looked through


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of every input of a model, in the model's own layout.

    Parameters
    ----------
    inputs
        The data of each input port.
    count
        Number of samples N.
    labels
        Class numbers ``(N,)`` where they are known.
    """

    inputs: tuple[InputData, ...]
    count: int
    labels: Int64Array | None = None

    @classmethod
    def of(
        cls, arrays: Sequence[AnyArray], labels: Sequence[int] | AnyArray | None = None
    ) -> Samples:
        """Samples of arrays ``(N, *input shape)`` in memory.

        Raises
        ------
        DataError
            If the arrays differ in their number of samples, or the labels do, or a type is none
            of numbers.
        """
        inputs = tuple(
            InputData(LoadedRows(array), array.shape[1:], f"input {position}")
            for position, array in enumerate(arrays)
        )
        for data in inputs:
            check_dtype(data.rows.dtype, data.where)
        return _samples(inputs, None if labels is None else np.asarray(labels), "labels")

    @property
    def arrays(self) -> tuple[FloatArray, ...]:
        """Every sample at once, one array ``(N, *input shape)`` per input: for small sets."""
        return self.read(0, self.count)

    def read(self, start: int, stop: int) -> tuple[FloatArray, ...]:
        """Samples `start` to `stop`, one array per input.

        Raises
        ------
        DataError
            If a value is not finite, or the file has changed.
        """
        return tuple(data.read(start, stop) for data in self.inputs)

    def batches(self, size: int) -> Iterator[tuple[FloatArray, ...]]:
        """All samples in order, at most `size` at a time, one array per input."""
        for start in range(0, self.count, size):
            yield self.read(start, min(start + size, self.count))

    def take(self, count: int) -> Samples:
        """The first `count` samples, or all when there are fewer."""
        count = max(0, min(count, self.count))
        return replace(
            self, count=count, labels=None if self.labels is None else self.labels[:count]
        )

    def spread(self, count: int) -> Samples:
        """`count` samples evenly spread over all, or all when there are no more.

        Sets are often sorted by label: the first few would be of one class.
        """
        if count >= self.count:
            return self
        at = spread_positions(count, self.count)
        inputs = tuple(replace(data, rows=SpreadRows(data.rows, count)) for data in self.inputs)
        return Samples(inputs, count, None if self.labels is None else self.labels[at])


def read_samples(
    path: Path | str,
    graph: Graph,
    *,
    scale: float | None = None,
    offset: float | None = None,
    progress: Progress = silent,
) -> Samples:
    """Samples for `graph` from a file or a folder of images.

    Parameters
    ----------
    path
        An ``.npz`` with ``x`` (for several inputs one array per input name), optionally labels
        ``y`` and scalars ``scale`` and ``zero_point``; an ``.npy``; a ``.csv`` with one sample a
        line, its label behind it; or a folder of images, with a subfolder per label.
    graph
        The model, whose inputs say what the samples must be.
    scale, offset
        The model gets ``(stored - offset) * scale``; they win over what the file says.
    progress
        Told while large files are read.

    Raises
    ------
    DataError
        If the data cannot be read or does not fit the model; names the file and the array.
    Cancelled
        If `progress` says so.
    """
    path = Path(path)
    try:
        samples = _read(path, graph, _Scaling(scale, offset), progress)
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(f"{path} cannot be read", detail=reason) from error
    if all(data.rows.in_memory for data in samples.inputs):
        _look_through(samples, progress)
    return samples


@dataclass(frozen=True)
class _Scaling:
    """How stored values become real ones; None where nothing is said."""

    scale: float | None
    offset: float | None

    def check(self, whose: str) -> None:
        """DataError unless the scale is positive and both are finite."""
        if self.scale is not None and not (math.isfinite(self.scale) and self.scale > 0):
            raise DataError(f"{whose} scale is {self.scale}", hint="give a positive number")
        if self.offset is not None and not math.isfinite(self.offset):
            raise DataError(
                f"{whose} offset (zero point) is {self.offset}", hint="give a finite number"
            )

    def applied(self, rows: Rows, graph: Graph, port: Port, where: str) -> InputData:
        """The rows as samples of `port`."""
        if self.scale is None and self.offset is None:
            scale, offset = stored_scaling(graph, port, rows.dtype)
            return fitted(rows, port, where, scale=scale, offset=offset)
        scale = 1.0 if self.scale is None else self.scale
        offset = 0.0 if self.offset is None else self.offset
        return fitted(rows, port, where, scale=scale, offset=offset)


def _read(path: Path, graph: Graph, asked: _Scaling, progress: Progress) -> Samples:
    """Read by the kind of file."""
    asked.check("the given")
    suffix = path.suffix.lower()
    if not path.exists():
        raise DataError(f"{path} does not exist")
    if suffix == ".npz" and path.is_file():
        return _read_archive(Archive(path, progress), graph, asked)
    port = _only_input(path, graph)
    labels: AnyArray | None = None
    rows: Rows
    if path.is_dir():
        # loaded with the first folder of images: Pillow is needed for nothing else
        from tinyml_studio.calibrate.image_folder import read_images  # noqa: PLC0415

        rows, labels = read_images(path, port, progress)
    elif suffix == ".npy" and path.is_file():
        rows = read_npy(path, progress)
    elif suffix == ".csv" and path.is_file():
        table, labels = read_table(path, port.shape, progress)
        rows = LoadedRows(table)
    else:
        raise DataError(
            f"{path} is not a kind of data that is known",
            hint="give an .npz, .npy or .csv file, or a folder of images",
        )
    return _samples((asked.applied(rows, graph, port, str(path)),), labels, f"{path}, labels")


def _read_archive(archive: Archive, graph: Graph, asked: _Scaling) -> Samples:
    """Arrays by the inputs' names, or ``x`` for the only one."""
    scaling = _Scaling(
        _scalar(archive, "scale") if asked.scale is None else asked.scale,
        _scalar(archive, "zero_point") if asked.offset is None else asked.offset,
    )
    scaling.check(f"{archive.path}: its")
    inputs = []
    for port in graph.inputs:
        name = _array_name(archive, port, single=len(graph.inputs) == 1)
        rows = LoadedRows(archive.read(name))
        inputs.append(scaling.applied(rows, graph, port, archive.where(name)))
    labels = archive.read(LABELS) if LABELS in archive.names else None
    return _samples(tuple(inputs), labels, archive.where(LABELS))


def _array_name(archive: Archive, port: Port, *, single: bool) -> str:
    """The array that holds the samples of `port`."""
    wanted = [SINGLE_INPUT, port.name] if single else [port.name]
    for name in wanted:
        if name in archive.names:
            return name
    held = ", ".join(map(repr, archive.names)) or "no arrays"
    raise DataError(f"{archive.path} has no array {wanted[0]!r}", detail=f"it holds {held}"[:300])


def _scalar(archive: Archive, name: str) -> float | None:
    """A scalar of the archive, if it has it."""
    if name not in archive.names:
        return None
    value = archive.read(name)
    if value.size != 1:
        raise DataError(f"{archive.where(name)} is no single number", detail=f"{value.shape}")
    return float(value.reshape(()))


def _samples(inputs: tuple[InputData, ...], labels: AnyArray | None, where: str) -> Samples:
    """Put inputs and labels together when they count the same samples."""
    counts = [data.rows.shape[0] for data in inputs]
    for data, count in zip(inputs, counts, strict=True):
        if count != counts[0]:
            raise DataError(
                f"{data.where} holds {count} samples, {inputs[0].where} holds {counts[0]}"
            )
    if labels is None:
        return Samples(inputs, counts[0])
    return Samples(inputs, counts[0], checked_labels(labels, counts[0], where))


def _look_through(samples: Samples, progress: Progress) -> None:
    """Convert everything once, so that NaN and infinity are found now and not in the middle."""
    per_sample = sum(4 * math.prod(data.shape) for data in samples.inputs)
    done = 0
    for batch in samples.batches(max(1, CHECKED_BYTES // max(1, per_sample))):
        progress(done, samples.count, CHECKING)
        done += batch[0].shape[0]


def _only_input(path: Path, graph: Graph) -> Port:
    """The model's input; DataError when it has several."""
    if len(graph.inputs) != 1:
        names = ", ".join(repr(port.name) for port in graph.inputs)
        raise DataError(
            f"{path} holds one array, the model has {len(graph.inputs)} inputs",
            hint=f"give an .npz with the arrays {names}"[:300],
        )
    return graph.inputs[0]
