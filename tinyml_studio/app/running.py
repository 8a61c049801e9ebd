"""Runs over samples: float, integers, evaluation; batched, with progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.io import dequantize_outputs, quantize_inputs
from tinyml_studio.simulate.run import Trace, run

Inputs = np.ndarray | Sequence[np.ndarray] | Mapping[str, np.ndarray]

BATCH = 64


def as_samples(inputs: Inputs | Samples, graph: Graph) -> Samples:
    """Arrays ``(N, *shape)`` in the model's own layout as samples.

    Integers are taken as the real values that they are.

    Raises
    ------
    DataError
        If the number, the shape or a value of them does not fit the model.
    """
    if isinstance(inputs, Samples):
        return inputs
    arrays = _in_order(inputs, graph)
    checked = []
    for port, array in zip(graph.inputs, arrays, strict=True):
        if array.dtype.kind not in "biuf":
            raise DataError(f"The input {port.name!r} does not hold numbers but {array.dtype}")
        if array.shape[1:] != port.shape or array.ndim == 0:
            raise DataError(
                f"The input {port.name!r} has shape {array.shape}",
                detail=f"the model takes (N, {', '.join(map(str, port.shape))})",
            )
        real = array.astype(np.float32)
        if not np.isfinite(real).all():
            raise DataError(f"The input {port.name!r} holds values that are not finite")
        checked.append(real)
    if len({len(array) for array in checked}) != 1 or len(checked[0]) == 0:
        raise DataError("Every input needs the same number of samples, at least one")
    return Samples.of(checked)


def _in_order(inputs: Inputs, graph: Graph) -> tuple[np.ndarray, ...]:
    """One array per input of the model."""
    if isinstance(inputs, Mapping):
        missing = [port.name for port in graph.inputs if port.name not in inputs]
        if missing:
            raise DataError(f"There is no array for the input {missing[0]!r}")
        return tuple(np.asarray(inputs[port.name]) for port in graph.inputs)
    arrays = (inputs,) if isinstance(inputs, np.ndarray) else tuple(map(np.asarray, inputs))
    if len(arrays) != len(graph.inputs):
        raise DataError(
            f"The model has {len(graph.inputs)} inputs, {len(arrays)} arrays were given"
        )
    return arrays


def traces(
    graph: Graph, program: Program, samples: Samples, *, progress: Progress = silent
) -> Iterator[Trace]:
    """The integer network's traces, batch by batch."""
    done = 0
    for batch in samples.batches(BATCH):
        progress(done, samples.count, "Simulating")
        yield run(program, quantize_inputs(program, graph, batch))
        done += len(batch[0])
    progress(samples.count, samples.count, "Simulating")


def outputs_of(graph: Graph, trace: Trace, *, integers: bool = False) -> tuple[np.ndarray, ...]:
    """A trace's outputs in the model's own layout: float32, or the integers themselves."""
    if not integers:
        return dequantize_outputs(trace.program, graph, trace)
    tensors = zip(graph.outputs, trace.program.outputs, strict=True)
    return tuple(port.to_model(trace.values[tensor]) for port, tensor in tensors)


def simulate(
    graph: Graph, program: Program, samples: Samples, *, progress: Progress = silent
) -> tuple[FloatArray, ...]:
    """Dequantized outputs ``(N, *shape)`` in the model's own layout."""
    parts = [
        dequantize_outputs(program, graph, trace)
        for trace in traces(graph, program, samples, progress=progress)
    ]
    return _joined(parts)


def trace(
    graph: Graph, program: Program, samples: Samples, *, progress: Progress = silent
) -> Trace:
    """The trace of all samples in one: for sets that fit into memory with every tensor."""
    batch = samples.read(0, samples.count)
    return run(program, quantize_inputs(program, graph, batch), progress=progress)


def float_run(
    graph: Graph, samples: Samples, *, progress: Progress = silent
) -> tuple[FloatArray, ...]:
    """Outputs of the float network ``(N, *shape)`` in the model's own layout."""
    runner = FloatRunner(graph)
    parts, done = [], 0
    for batch in samples.batches(BATCH):
        progress(done, samples.count, "Running the float network")
        parts.append(tuple(runner.outputs(batch)))
        done += len(batch[0])
    progress(samples.count, samples.count, "Running the float network")
    return _joined(parts)


def _joined(parts: Sequence[tuple[FloatArray, ...]]) -> tuple[FloatArray, ...]:
    """Outputs of all batches, one array per output."""
    return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))
