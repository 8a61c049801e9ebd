"""Opening: a model, a project or an example becomes the first state of a session."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from tinyml_studio.app.derived import Derived, resolve
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.recovery import Record
from tinyml_studio.app.sources import absolute, data_sha256, is_missing, model_sha256, read_graph
from tinyml_studio.app.store import Store
from tinyml_studio.document.document import Calibration, Document, ReferenceFile
from tinyml_studio.document.history import History
from tinyml_studio.document.project_file import SUFFIX, load_project, read_project
from tinyml_studio.errors import ProjectError
from tinyml_studio.formats.input_shapes import NO_SHAPES, InputShapes
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, silent
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme
from tinyml_studio.quantize.legality import layer_names
from tinyml_studio.quantize.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Located:
    """Where the files of a project are now.

    Parameters
    ----------
    model, data
        None: where the project says.
    accept_changed
        Take files whose fingerprint differs; choices for layers and tensors that the new model
        does not have are dropped.
    reference
        Another reference than the project's; the empty text takes it away.
    """

    model: str | Path | None = None
    data: str | Path | None = None
    accept_changed: bool = False
    reference: str | Path | None = None


@dataclass(frozen=True, eq=False)
class Opened:
    """The first state of a session.

    Parameters
    ----------
    history
        Begins with the document as it was read; further steps are what relocation changed.
    path
        The project file; None for a model.
    test_data
        Labelled samples of an example.
    base
        SHA-256 of the project file as it was read.
    """

    history: History
    derived: Derived
    store: Store
    path: Path | None = None
    test_data: Path | None = None
    base: str | None = None


def is_project(path: Path) -> bool:
    """Whether a file name is that of a project."""
    return path.suffix.lower() == SUFFIX


def open_model(
    path: Path, *, shapes: InputShapes = NO_SHAPES, progress: Progress = silent
) -> Opened:
    """Begin with a model; ModelError if it cannot be read.

    `shapes` are those of inputs with axes that the file leaves open.
    """
    path, store = absolute(path), Store()
    graph, digest = read_graph(path, shapes=shapes, progress=progress)
    store.add_graph(digest, graph)
    document = Document(
        path,
        digest,
        scheme=file_scheme(graph),
        arithmetic=file_arithmetic(graph).name,
        input_shapes=tuple(shapes.items()),
    )
    history = History.start(document, f"open {path.name}")
    return Opened(history, resolve(document, None, store), store)


def open_project(
    path: Path, located: Located, *, compute: bool = True, progress: Progress = silent
) -> Opened:
    """Begin with a project.

    Raises
    ------
    ProjectError
        If the file is not a valid project.
    ModelError
        If its model is missing, has changed or cannot be read.
    """
    path, store = absolute(path), Store()
    saved, base = read_project(path)
    history = History.start(saved, f"open {path.name}")
    document = _relocate(saved, located, store, progress=progress)
    if document != saved:
        history = history.push(document, "locate files")
    derived = resolve(document, None, store, compute=compute, progress=progress)
    return Opened(history, derived, store, path=path, base=base)


def open_example(name: str, *, progress: Progress = silent) -> Opened:
    """Begin with a bundled example, calibrated."""
    example = find_example(name)
    opened = open_model(example.model, progress=progress)
    held = Calibration(example.calibration, data_sha256(example.calibration))
    document = replace(opened.history.current, calibration=held)
    derived = resolve(document, opened.derived, opened.store, progress=progress)
    history = History.start(document, f"open {example.title}")
    return replace(opened, history=history, derived=derived, test_data=example.test)


def open_recovered(record: Record, *, progress: Progress = silent) -> Opened:
    """Go on with unsaved work, as a step on top of what is saved.

    The project file keeps what it says: where it is gone or cannot be read, the session begins
    with the work itself, as something that was never saved.

    Raises
    ------
    ModelError
        If the model is missing, has changed or cannot be read.
    """
    store = Store()
    saved, base, path = _saved(record)
    title = "recover unsaved work"
    history = History.start(saved, f"open {saved.model_path.name}").push(record.document, title)
    derived = resolve(record.document, None, store, progress=progress)
    return Opened(history, derived, store, path=path, base=base)


def _saved(record: Record) -> tuple[Document, str | None, Path | None]:
    """What stands on disc, its fingerprint as the lost session knew it, and where."""
    held = record.document
    if record.path is not None:
        try:
            # not the fingerprint of now: a file that somebody else changed is not written over
            return load_project(record.path), record.base, record.path
        except ProjectError:
            pass
    return Document(held.model_path, held.model_sha256), None, None


def _relocate(
    document: Document, located: Located, store: Store, *, progress: Progress
) -> Document:
    """The document with the files where they are now."""
    if located.model is not None:
        document = replace(document, model_path=absolute(located.model))
    if located.accept_changed:
        shapes = dict(document.input_shapes)
        graph, digest = read_graph(document.model_path, shapes=shapes, progress=progress)
        store.add_graph(digest, graph)
        scheme = _known_part(document.scheme, graph)
        document = replace(document, model_sha256=digest, scheme=scheme)
    document = _with_reference(document, located, progress=progress)
    held = document.calibration
    if located.data is not None and held is None:
        raise ProjectError("The project has no calibration samples to locate")
    if held is not None and located.data is not None:
        held = replace(held, path=absolute(located.data))
    if held is not None and located.accept_changed and not is_missing(held.path):
        held = replace(held, sha256=data_sha256(held.path))
    return replace(document, calibration=held)


def _with_reference(document: Document, located: Located, *, progress: Progress) -> Document:
    """The document with its reference where that is now."""
    if located.reference is None:
        return document
    if not str(located.reference):
        return replace(document, reference=None)
    path = absolute(located.reference)
    return replace(document, reference=ReferenceFile(path, model_sha256(path)))


def _known_part(scheme: Scheme, graph: Graph) -> Scheme:
    """The choices for what the graph has."""
    names = set(layer_names(graph))
    tensors = {*graph.producers, *(port.tensor for port in graph.inputs)}
    return replace(
        scheme,
        layers={name: held for name, held in scheme.layers.items() if name in names},
        ranges={name: held for name, held in scheme.ranges.items() if name in tensors},
        weight_reach={name: held for name, held in scheme.weight_reach.items() if name in names},
    )
