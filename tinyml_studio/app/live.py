"""Errors while the user edits: over few samples, and only what changed is run again."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.evaluate import BatchEvaluation, Evaluation, evaluate_batch


@dataclass(frozen=True, eq=False)
class _Reference:
    """What the float network makes of the samples; holds until graph or samples change."""

    graph: Graph
    source: Samples | None
    count: int
    batch: tuple[FloatArray, ...]
    floats: Mapping[str, FloatArray]
    labels: Int64Array | None

    def fits(self, derived: Derived, count: int) -> bool:
        """Whether it is still that of the session."""
        same = self.graph is derived.graph and self.source is derived.samples
        return same and self.count == count


class Live:
    """The last evaluation, and what it was made from.

    Calls from several threads wait for each other: each starts from the result of the one before.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reference: _Reference | None = None
        self._last: BatchEvaluation | None = None

    def evaluate(self, derived: Derived, count: int, *, progress: Progress = silent) -> Evaluation:
        """Errors over `count` calibration samples, evenly spread over all.

        Raises
        ------
        StudioError
            If there is no program or there are no samples.
        Cancelled
            If `progress` says so; the next call starts from the last complete result.
        """
        program = derived.need_program()
        with self._lock:
            reference = self._reference
            if reference is None or not reference.fits(derived, count):
                reference = _reference(derived, count)
                self._reference, self._last = reference, None
            self._last = evaluate_batch(
                derived.graph,
                program,
                reference.batch,
                reference.floats,
                labels=reference.labels,
                previous=self._last,
                progress=progress,
            )
            return self._last.evaluation


def _reference(derived: Derived, count: int) -> _Reference:
    """Run the float network."""
    samples = derived.need_samples().spread(count)
    batch = samples.read(0, samples.count)
    floats = FloatRunner(derived.graph).run(batch)
    return _Reference(derived.graph, derived.samples, count, batch, floats, samples.labels)
