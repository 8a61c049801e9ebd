"""Which classes both networks give to a whole set of samples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tinyml_studio.app import running
from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.classify import classes
from tinyml_studio.simulate.io import dequantized


@dataclass(frozen=True, eq=False)
class Classes:
    """Class numbers ``(N,)`` of every sample.

    Parameters
    ----------
    labels
        None where the set has none.
    real, integer
        What the float network and the integers say.
    """

    labels: Int64Array | None
    real: Int64Array
    integer: Int64Array


def classes_of(derived: Derived, samples: Samples, *, progress: Progress = silent) -> Classes:
    """Run both networks over all samples, batch by batch; memory does not grow with them.

    Raises
    ------
    StudioError
        If there is no program.
    Cancelled
        If `progress` says so.
    """
    graph, program = derived.graph, derived.need_program()
    runner = FloatRunner(graph)
    real, integer = [], []
    made = running.batches(graph, program, samples, progress=progress)
    for batch, result in zip(samples.batches(running.BATCH), made, strict=True):
        real.append(classes(graph, runner.outputs(batch)[0]))
        integer.append(classes(graph, dequantized(program, graph, result.outputs)[0]))
    labels = None if samples.labels is None else samples.labels.astype(np.int64)
    return Classes(labels, np.concatenate(real), np.concatenate(integer))
