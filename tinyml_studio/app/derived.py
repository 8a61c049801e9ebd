"""Derived: everything that follows from a Document; recomputed where it changed, never saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.app.store import Store
from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.calibrate.statistics import TensorStats
from tinyml_studio.document.document import Document
from tinyml_studio.errors import DataError, StudioError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.lower.lower import LoweringCache, lower
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent


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
        Statistics by tensor name; None as long as there are no samples.
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

    def need_program(self) -> Program:
        """The program.

        Raises
        ------
        StudioError
            The reason why there is none.
        """
        if self.program is None:
            raise self.refusal or DataError("The network is not lowered to integers yet")
        return self.program


def resolve(
    document: Document,
    previous: Derived | None,
    store: Store,
    *,
    progress: Progress = silent,
) -> Derived:
    """Compute what follows from `document`, taking over whatever did not change.

    Parameters
    ----------
    previous
        The Derived of the document before; None at the start.
    store
        Keeps graphs and statistics by fingerprint, so that undo recomputes nothing.

    Raises
    ------
    ModelError, ProjectError
        If the model cannot be read or is not the one that the document was made for.
    Cancelled
        If `progress` says so; nothing has changed then.
    """
    graph = store.graph(document, progress=progress)
    if document.calibration is None:
        missing = DataError(
            "There are no calibration samples yet", hint="give data to calibrate the ranges"
        )
        return Derived(document, graph, refusal=missing)
    try:
        calibrated = store.calibrated(document, graph, progress=progress)
    except DataError as error:
        return Derived(document, graph, refusal=error)
    known = Derived(document, graph, calibrated.samples, calibrated.stats)
    return _with_program(known, previous, store.lowering)


def _with_program(known: Derived, previous: Derived | None, cache: LoweringCache) -> Derived:
    """The same with its program, or with the reason why there is none."""
    ...
