"""The integer network against the float network over many samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, Int64Array, IntArray
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.classify import classes
from tinyml_studio.simulate.error import ErrorRun, LayerError, layer_errors
from tinyml_studio.simulate.io import dequantize_outputs, dequantized, quantize_inputs
from tinyml_studio.simulate.run import outputs, run
from tinyml_studio.simulate.trace import Trace

ERROR_SAMPLES = 256
_BATCH = 64
_BATCH_VALUES = 1 << 25  # float values of all tensors of one batch: 128 MiB
_WHAT = "evaluating"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What became of the network.

    Parameters
    ----------
    samples
        Number of samples that agreement and accuracy are over.
    float_accuracy, integer_accuracy
        Share of samples whose class is the label; ``None`` without labels.
    agreement
        Share of samples to which both networks give the same class.
    layers
        Error of every layer over the first `error_samples` samples, inputs first.
    error_samples
        See `layers`.
    """

    samples: int
    float_accuracy: float | None
    integer_accuracy: float | None
    agreement: float
    layers: tuple[LayerError, ...]
    error_samples: int


@dataclass(frozen=True, eq=False)
class BatchEvaluation:
    """One batch that is evaluated again and again, as settings change."""

    evaluation: Evaluation
    errors: ErrorRun


def evaluate(
    graph: Graph,
    program: Program,
    samples: Samples,
    *,
    error_samples: int = ERROR_SAMPLES,
    progress: Progress = silent,
) -> Evaluation:
    """Run both networks over all samples, batch by batch.

    The class of a sample is that of `simulate.classify.classes`: the largest element of the first
    output. Errors of the layers are over the first `error_samples` samples only; memory is bounded
    whatever the number of samples.

    Raises
    ------
    DataError
        If there are no samples, or they do not fit the model.
    SchemeError
        If an accumulator could overflow.
    UnsupportedError
        If the float network cannot be run.
    """
    if samples.count < 1:
        raise DataError("There are no samples to evaluate")
    error_samples = max(1, min(error_samples, samples.count))
    job = _Job(graph, program, samples, progress)
    errors = job.measure(error_samples)
    job.compare(error_samples)
    return job.tally.evaluation(samples.labels, errors, error_samples)


def evaluate_batch(
    graph: Graph,
    program: Program,
    batch: Sequence[FloatArray],
    floats: Mapping[str, FloatArray],
    *,
    labels: Int64Array | None = None,
    previous: BatchEvaluation | None = None,
    progress: Progress = silent,
) -> BatchEvaluation:
    """Evaluate one batch; what did not change since `previous` is not computed again.

    Parameters
    ----------
    graph, program
        The prepared network and its integers.
    batch
        One array ``(N, *port.shape)`` per input, in the model's own layout.
    floats
        All float tensors of the batch in the graph's layout; the same object as in `previous`.
    labels
        Class numbers ``(N,)`` where they are known.
    previous
        The last result for this batch.
    progress
        Told about instructions and chunks.
    """
    before = previous.errors if previous is not None else None
    old = before.trace if before is not None else None
    is_same = before is not None and before.floats is floats
    given = _same_inputs(program, old if is_same else None)
    given = given or quantize_inputs(program, graph, batch)
    trace = run(program, given, previous=old, progress=progress)
    errors = layer_errors(graph, trace, floats, previous=before, progress=progress)
    tally = _Tally(graph)
    tally.add(_float_outputs(graph, floats), dequantize_outputs(program, graph, trace))
    evaluation = tally.evaluation(labels, errors.errors, len(batch[0]))
    return BatchEvaluation(evaluation, errors)


def _same_inputs(program: Program, old: Trace | None) -> tuple[IntArray, ...]:
    """The integers of the same batch where its grids are what they were; else nothing."""
    if old is None or program.arithmetic != old.program.arithmetic:
        return ()
    if any(program.tensors[name] != old.program.tensors.get(name) for name in program.inputs):
        return ()
    return tuple(old.values[name] for name in program.inputs)


class _Tally:
    """Classes that both networks gave so far."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._float: list[Int64Array] = []
        self._integer: list[Int64Array] = []

    def add(self, real: Sequence[FloatArray], integer: Sequence[FloatArray]) -> None:
        """Count the outputs of a batch."""
        self._float.append(classes(self._graph, real[0]))
        self._integer.append(classes(self._graph, integer[0]))

    def evaluation(
        self, labels: Int64Array | None, layers: tuple[LayerError, ...], error_samples: int
    ) -> Evaluation:
        """The result over all samples."""
        real, integer = np.concatenate(self._float), np.concatenate(self._integer)
        return Evaluation(
            samples=len(real),
            float_accuracy=None if labels is None else float(np.mean(real == labels)),
            integer_accuracy=None if labels is None else float(np.mean(integer == labels)),
            agreement=float(np.mean(real == integer)),
            layers=layers,
            error_samples=error_samples,
        )


class _Job:
    """Both networks over one set of samples."""

    def __init__(
        self, graph: Graph, program: Program, samples: Samples, progress: Progress
    ) -> None:
        self._graph = graph
        self._program = program
        self._samples = samples
        self._runner = FloatRunner(graph)
        self._progress = progress
        self._done = 0
        values = sum(prod(shape) for shape in graph.shapes.values())
        self._size = max(1, min(_BATCH, _BATCH_VALUES // max(1, values)))
        self.tally = _Tally(graph)

    def measure(self, count: int) -> tuple[LayerError, ...]:
        """The first `count` samples, with the error of every layer."""
        total: ErrorRun | None = None
        for batch in self._batches(0, count):
            floats = self._runner.run(batch)
            inputs = quantize_inputs(self._program, self._graph, batch)
            trace = run(self._program, inputs, progress=self._tick)
            errors = layer_errors(self._graph, trace, floats, progress=self._tick)
            total = errors if total is None else total + errors
            made = dequantize_outputs(self._program, self._graph, trace)
            self.tally.add(_float_outputs(self._graph, floats), made)
            self._done += len(batch[0])
        return () if total is None else total.errors

    def compare(self, start: int) -> None:
        """The other samples, outputs only."""
        made = outputs(self._program, self._quantized(start), progress=self._tick)
        for integers, batch in zip(made, self._batches(start, self._samples.count), strict=True):
            real = self._runner.outputs(batch)
            self.tally.add(real, dequantized(self._program, self._graph, integers))
            self._done += len(batch[0])
        self._tick(0, 0, "")

    def _quantized(self, start: int) -> Iterator[tuple[np.ndarray, ...]]:
        """The integers of the samples from `start` on."""
        for batch in self._batches(start, self._samples.count):
            yield quantize_inputs(self._program, self._graph, batch)

    def _batches(self, start: int, stop: int) -> Iterator[tuple[FloatArray, ...]]:
        """Samples in order."""
        for begin in range(start, stop, self._size):
            yield self._samples.read(begin, min(begin + self._size, stop))

    def _tick(self, done: int, total: int, what: str) -> None:
        """Report samples whatever a step reports, so that a cancel works at once."""
        del done, total, what
        self._progress(self._done, self._samples.count, _WHAT)


def _float_outputs(graph: Graph, floats: Mapping[str, FloatArray]) -> list[FloatArray]:
    """The model's outputs in its own layout."""
    return [port.to_model(floats[port.tensor]) for port in graph.outputs]
