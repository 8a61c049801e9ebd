"""How much of each layer's own error arrives at the output, for whoever looks at it."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import StudioError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.arrival import Arrival, ArrivalRun, arrivals
from tinyml_studio.simulate.error import layers_of

SAMPLES = 16
MOST_FOLLOWED = 200
"""Each layer that is followed takes a float run: of longer networks a part is followed."""
SECONDS = 10.0
"""After so long no further layer of such a network is followed."""
LONGEST = 5_000
"""Of a network with more layers even one float run takes too long to be stopped at once."""


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

    def measure(
        self,
        derived: Derived,
        *,
        weakest: Sequence[str] = (),
        seconds: float | None = None,
        progress: Progress = silent,
    ) -> Mapping[str, Arrival]:
        """Layers quantized alone, by name, over a few calibration samples.

        All of them, or of a network with more than `MOST_FOLLOWED` the weakest and others evenly
        spread, as far as they are done within `seconds`; None means `SECONDS`.

        Raises
        ------
        StudioError
            If there is no program or there are no samples, or the network is too long.
        Cancelled
            If `progress` says so; the next call starts from the last complete result.
        """
        program = derived.need_program()
        layers = followed([row.name for row in layers_of(derived.graph)], weakest)
        with self._lock:
            batch = self._float_values(derived)
            limit = time.monotonic() + (SECONDS if seconds is None else seconds)
            self._last = arrivals(
                derived.graph,
                program,
                batch.floats,
                previous=self._last,
                layers=layers,
                is_enough=lambda: layers is not None and time.monotonic() > limit,
                progress=progress,
            )
            return self._last.arrivals

    def _float_values(self, derived: Derived) -> _Batch:
        """Those of the session; new ones make the last result worthless."""
        batch = self._batch
        known = batch is not None and batch.graph is derived.graph
        if batch is None or not known or batch.source is not derived.samples:
            samples = derived.need_samples().spread(SAMPLES)
            floats = FloatRunner(derived.graph).run(samples.read(0, samples.count))
            batch = self._batch = _Batch(derived.graph, derived.samples, floats)
            self._last = None
        return batch


def followed(names: Sequence[str], weakest: Sequence[str]) -> tuple[str, ...] | None:
    """Which layers of a long network are followed, the most telling first; None for all.

    Half of them are the weakest. The others are evenly spread, in an order in which each beginning
    of them is, too.

    Raises
    ------
    StudioError
        If the network is too long.
    """
    if len(names) > LONGEST:
        raise StudioError(f"the network has more than {LONGEST:,} layers")
    if len(names) <= MOST_FOLLOWED:
        return None
    known, half = set(names), MOST_FOLLOWED // 2
    chosen = [name for name in weakest if name in known][:half]
    count = MOST_FOLLOWED - len(chosen)
    spread = [names[place * len(names) // count] for place in range(count)]
    width = count.bit_length()
    places = sorted(range(count), key=lambda place: f"{place:0{width}b}"[::-1])
    return tuple(dict.fromkeys([*chosen, *(spread[place] for place in places)]))
