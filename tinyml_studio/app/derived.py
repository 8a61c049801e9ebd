"""Derived: everything that follows from a Document; recomputed where it changed, never saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tinyml_studio.app.store import Store
from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import TensorStats
from tinyml_studio.document.document import Document
from tinyml_studio.errors import DataError, StudioError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.lower.lower import lower
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.quantize.file_grids import states_inputs
from tinyml_studio.quantize.legality import check_scheme


@dataclass(frozen=True, eq=False)
class Derived:
    """What follows from a Document.

    Parameters
    ----------
    document
        The document that it belongs to.
    graph
        The float network after the passes; its nodes are the layers that people see.
    samples
        The calibration samples; None as long as there are none.
    stats
        Statistics by tensor name; None as long as there are no samples. A model that is quantized
        already has a program without them.
    program
        The integer network; None when `refusal` says why there is none.
    refusal
        Why there is no program: no data yet, or a layer that cannot run as integers.
    """

    document: Document
    graph: Graph
    samples: Samples | None = None
    stats: Mapping[str, TensorStats] | None = None
    program: Program | None = None
    refusal: StudioError | None = None

    @property
    def can_be_measured(self) -> bool:
        """Whether there is a program, and samples to hold it against the float network with."""
        return self.program is not None and self.samples is not None

    def need_program(self) -> Program:
        """The program.

        Raises
        ------
        StudioError
            The reason why there is none.
        """
        if self.program is None:
            raise self.missing_reason()
        return self.program

    def need_samples(self) -> Samples:
        """The calibration samples.

        Raises
        ------
        StudioError
            The reason why there are none.
        """
        if self.samples is None and self.program is not None:
            raise DataError("There are no samples", hint="give data to run the model on")
        if self.samples is None:
            raise self.missing_reason()
        return self.samples

    def missing_reason(self) -> StudioError:
        """Why something is missing."""
        return self.refusal or DataError("Nothing is computed yet", hint="refresh the session")


def resolve(
    document: Document,
    previous: Derived | None,
    store: Store,
    *,
    compute: bool = True,
    progress: Progress = silent,
) -> Derived:
    """Compute what follows from `document`, taking over whatever did not change.

    Parameters
    ----------
    document
        What is chosen.
    previous
        The Derived of the document before; None at the start, and to try missing files again.
    store
        Keeps graphs and statistics by fingerprint, so that undo recomputes nothing.
    compute
        Also statistics and program, not only the graph.
    progress
        Told about reading and calibrating.

    Raises
    ------
    ModelError
        If the model cannot be read or is not the one that the document was made for.
    Cancelled
        If `progress` says so; nothing has changed then.
    """
    bare = Derived(document, store.graph(document, progress=progress))
    try:
        check_scheme(bare.graph, document.scheme)
        return _computed(bare, previous, store, progress) if compute else bare
    except StudioError as error:
        return replace(bare, refusal=error)


def _computed(bare: Derived, previous: Derived | None, store: Store, progress: Progress) -> Derived:
    """The same with statistics and program; StudioError if there are no statistics."""
    if previous is not None and _lacks_the_same_data(bare, previous):
        return replace(bare, refusal=previous.refusal)
    known = bare
    if bare.document.calibration is not None or not states_inputs(bare.graph):
        calibrated = store.calibrated(bare.document, bare.graph, progress=progress)
        known = replace(bare, samples=calibrated.samples, stats=calibrated.stats)
    if previous is not None and _same_program(known, previous):
        return replace(known, program=previous.program, refusal=previous.refusal)
    return _with_program(known, store)


def _lacks_the_same_data(known: Derived, previous: Derived) -> bool:
    """Whether the samples could not be read before: an edit of bits must not try it again."""
    same = known.graph is previous.graph
    same = same and known.document.calibration == previous.document.calibration
    return same and previous.stats is None and isinstance(previous.refusal, DataError)


def _same_program(known: Derived, previous: Derived) -> bool:
    """Whether everything that the program follows from is as it was."""
    old, new = previous.document, known.document
    same_source = previous.graph is known.graph and previous.stats is known.stats
    return same_source and old.scheme == new.scheme and old.arithmetic == new.arithmetic


def _with_program(known: Derived, store: Store) -> Derived:
    """The same with its program, or with the reason why there is none."""
    document = known.document
    try:
        with store.lowering_lock:
            program = lower(
                known.graph,
                known.stats or {},
                document.scheme,
                arithmetic(document.arithmetic),
                cache=store.lowering,
            )
    except StudioError as error:
        return replace(known, refusal=error)
    return replace(known, program=program)
