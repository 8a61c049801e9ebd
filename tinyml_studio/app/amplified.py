"""How much of each layer's own error arrives at the output, for whoever looks at it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.arrival import Arrival, ArrivalRun, arrivals

SAMPLES = 16
"""Every layer is followed to the output: as many float runs as there are layers."""


@dataclass(frozen=True, eq=False)
class _Batch:
    """Float values of the samples; hold until graph or samples change."""

    graph: Graph
    source: Samples | None
    floats: Mapping[str, FloatArray]


class Amplifier:
    """Keeps the last result: after an edit only the layers that it changed are followed again.

    Calls from several threads wait for each other.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._batch: _Batch | None = None
        self._last: ArrivalRun | None = None

    def measure(self, derived: Derived, *, progress: Progress = silent) -> Mapping[str, Arrival]:
        """Every layer quantized alone, by name, over a few calibration samples.

        Raises
        ------
        StudioError
            If there is no program or there are no samples.
        Cancelled
            If `progress` says so; the next call starts from the last complete result.
        """
        program = derived.need_program()
        with self._lock:
            batch = self._batch
            known = batch is not None and batch.graph is derived.graph
            if batch is None or not known or batch.source is not derived.samples:
                samples = derived.need_samples().spread(SAMPLES)
                floats = FloatRunner(derived.graph).run(samples.read(0, samples.count))
                batch = self._batch = _Batch(derived.graph, derived.samples, floats)
                self._last = None
            self._last = arrivals(
                derived.graph, program, batch.floats, previous=self._last, progress=progress
            )
            return self._last.arrivals
