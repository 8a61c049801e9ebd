"""Models and samples from their files, held against the fingerprints of the document."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tinyml_studio.calibrate.samples import Samples, read_samples
from tinyml_studio.calibrate.statistics import TensorStats, collect
from tinyml_studio.document.document import Calibration, Document, ReferenceFile
from tinyml_studio.document.fingerprint import sha256
from tinyml_studio.errors import (
    DataError,
    LostDataError,
    LostModelError,
    ModelError,
    OpenSizesError,
)
from tinyml_studio.formats.input_shapes import NO_SHAPES, InputShapes
from tinyml_studio.formats.reader import read_model
from tinyml_studio.ir.graph import Graph
from tinyml_studio.passes.match_networks import match_networks
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.progress import Progress, silent


@dataclass(frozen=True, eq=False)
class Calibrated:
    """Samples, the statistics that they gave, and what the document keeps of them."""

    source: Calibration
    samples: Samples
    stats: Mapping[str, TensorStats]


def absolute(path: str | Path) -> Path:
    """Absolute and without ``..``; links are not followed, so that a file keeps its name."""
    return Path(os.path.normpath(Path(path).absolute()))


def is_missing(path: Path) -> bool:
    """Whether there is nothing at `path`; what may not be looked at is left to its reader."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def read_graph(
    path: Path, *, shapes: InputShapes = NO_SHAPES, progress: Progress = silent
) -> tuple[Graph, str]:
    """The prepared graph of a model file, and the file's fingerprint.

    `shapes` are those of inputs with axes that the file leaves open.

    Raises
    ------
    ModelError
        If it cannot be read, or is written while it is read.
    """
    before = _stamp(path)
    graph = prepare(read_model(path, shapes=shapes, progress=progress))
    digest = model_sha256(path)
    if before != _stamp(path):
        raise ModelError(f"{path} was changed while it was read", hint="open it again")
    return graph, digest


def model_sha256(path: Path) -> str:
    """Fingerprint of a model's file; ModelError if it cannot be read."""
    try:
        return sha256(path)
    except OSError as error:
        raise ModelError(f"{path} cannot be read", detail=error.strerror or str(error)) from error


def read_model_of(document: Document, *, progress: Progress = silent) -> Graph:
    """The prepared graph of the model that the document was made for.

    Raises
    ------
    ModelError
        If it is missing, cannot be read, or is another one.
    """
    path = document.model_path
    if is_missing(path):
        raise LostModelError(
            f"The model of the project, {path}, is missing",
            hint="say where it is now; on the command line with --model",
        )
    graph, digest = read_graph(path, shapes=dict(document.input_shapes), progress=progress)
    if digest != document.model_sha256:
        lost = LostModelError(
            f"{path} is not the model that the project was made for",
            detail="its fingerprint differs",
            hint="give the right file, or accept the changed one (set --accept-changed)",
        )
        lost.other = path
        raise lost
    return graph


def read_reference(path: Path, graph: Graph, *, progress: Progress = silent) -> tuple[Graph, str]:
    """The graph with another model as its reference, and that model's fingerprint.

    Raises
    ------
    ModelError
        If the other model cannot be read, takes other inputs, or nothing of it is found again.
    """
    other, digest = _read_as_large(path, graph, progress)
    try:
        matched = match_networks(graph, other)
    except ValueError as error:
        raise ModelError(f"{path} cannot be the reference", detail=str(error)) from error
    if graph.nodes and len(matched.unmatched) == len(graph.nodes):
        raise ModelError(f"{path} cannot be the reference", detail="no layer is found in both")
    return replace(graph, reference=matched), digest


def _read_as_large(path: Path, graph: Graph, progress: Progress) -> tuple[Graph, str]:
    """A model whose open inputs are as large as the graph's of the same name."""
    try:
        return read_graph(path, progress=progress)
    except OpenSizesError as error:
        sizes = {port.name: (1, *port.shape) for port in graph.inputs}
        wanted = dict(error.inputs)
        if not wanted.keys() <= sizes.keys():
            raise ModelError(f"{path} cannot be the reference", detail=error.detail) from None
        shapes = {name: (wanted[name][0] or 1, *sizes[name][1:]) for name in wanted}
        return read_graph(path, shapes=shapes, progress=progress)


def read_reference_of(held: ReferenceFile, graph: Graph, *, progress: Progress = silent) -> Graph:
    """The graph with the reference that a document names.

    Raises
    ------
    ModelError
        If it is missing, cannot be read, or is another file.
    """
    hint = "say where it is now; on the command line with set --reference FILE, or none"
    if is_missing(held.path):
        raise ModelError(f"The reference of the project, {held.path}, is missing", hint=hint)
    referenced, digest = read_reference(held.path, graph, progress=progress)
    if digest != held.sha256:
        raise ModelError(
            f"{held.path} is not the reference of the project",
            detail="its fingerprint differs",
            hint=hint,
        )
    return referenced


def altered_model(document: Document) -> str:
    """What a person should know of the model's file before its network goes somewhere; or nothing.

    The network is in memory, so work goes on whatever became of the file; the file is looked at by
    its fingerprint, because neither size nor time tell.
    """
    path = document.model_path
    if is_missing(path):
        became = "is no longer there"
    else:
        try:
            digest = sha256(path)
        except OSError:
            digest = ""
        if digest == document.model_sha256:
            return ""
        became = "has changed since it was opened" if digest else "can no longer be read"
    return f"{path.name} {became}: this is the model as it was when it was opened."


def data_sha256(path: Path) -> str:
    """Fingerprint of samples; DataError if they cannot be read."""
    try:
        return sha256(path)
    except OSError as error:
        raise DataError(f"{path} cannot be read", detail=error.strerror or str(error)) from error


def calibrate(
    wanted: Calibration,
    graph: Graph,
    *,
    expected: str | None = None,
    progress: Progress = silent,
) -> Calibrated:
    """Read the samples that are wanted for a graph and collect their statistics.

    `expected` is the fingerprint that they must have; None takes whatever is there, and that of
    `wanted` is not looked at.

    Raises
    ------
    DataError
        If they are missing, do not fit the model, or have another fingerprint.
    """
    path, before = wanted.path, _stamp(wanted.path)
    samples = read_samples(path, graph, scale=wanted.scale, offset=wanted.offset, progress=progress)
    digest = data_sha256(path)
    if expected not in (None, digest):
        lost = LostDataError(
            f"{path} are not the calibration samples of the project",
            detail="their fingerprint differs",
            hint="give the right file, or accept the changed one (set --accept-changed)",
        )
        lost.other = path
        raise lost
    if wanted.samples is not None:
        samples = samples.spread(wanted.samples)
    stats = collect(graph, samples, progress=progress)
    if before != _stamp(path):
        raise DataError(f"{path} was changed while it was read", hint="calibrate again")
    return Calibrated(replace(wanted, sha256=digest), samples, stats)


def calibrate_again(held: Calibration, graph: Graph, *, progress: Progress = silent) -> Calibrated:
    """Statistics of the samples that a document names.

    Raises
    ------
    DataError
        If they are missing, do not fit the model, or have changed.
    """
    if is_missing(held.path):
        raise LostDataError(
            f"The calibration samples of the project, {held.path}, are missing",
            hint="say where they are now; on the command line with --calibration",
        )
    return calibrate(held, graph, expected=held.sha256, progress=progress)


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written; None when it is not there."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
