"""Runs over samples: float, integers, evaluation; batched, with progress."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.calibrate.fitting import stored_scaling
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.io import dequantized, quantize_inputs, real_values
from tinyml_studio.simulate.run import Trace, outputs, run, states_of

Inputs = np.ndarray | Sequence[np.ndarray] | Mapping[str, np.ndarray]

BATCH = 64


def as_samples(inputs: Inputs | Samples, graph: Graph) -> Samples:
    """Arrays ``(N, *shape)`` in the model's own layout as samples.

    Integers of the type that a quantized model takes are its raw integers, others are taken as the
    real values that they are.

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
        scale, offset = stored_scaling(graph, port, array.dtype)
        real = ((array.astype(np.float64) - offset) * scale).astype(np.float32)
        if not np.isfinite(real).all():
            raise DataError(f"The input {port.name!r} holds values that are not finite")
        checked.append(real)
    if len({len(array) for array in checked}) != 1 or len(checked[0]) == 0:
        raise DataError("Every input needs the same number of samples, at least one")
    return Samples.of(checked)


def random_samples(graph: Graph, program: Program, count: int, *, seed: int) -> Samples:
    """Every integer of the inputs' types with the same chance, for a model without samples."""
    generator = np.random.default_rng(seed)
    arrays = []
    for port in graph.inputs:
        tensor = program.tensors[port.tensor]
        integers = generator.integers(
            tensor.type.min, tensor.type.max, (count, *tensor.shape), endpoint=True
        )
        arrays.append(port.to_model(real_values(tensor, integers)))
    return Samples.of(arrays)


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


@dataclass(frozen=True, eq=False)
class Batch:
    """What the integer network took and gave, ``(N, *shape)`` each in the graph's layout.

    Parameters
    ----------
    inputs, outputs
        One array per input and output of the program.
    trace
        Every tensor; None unless it was asked for.
    """

    inputs: tuple[IntArray, ...]
    outputs: tuple[IntArray, ...]
    trace: Trace | None = None


def batches(
    graph: Graph,
    program: Program,
    samples: Samples,
    *,
    traced: bool = False,
    stream: bool = False,
    progress: Progress = silent,
) -> Iterator[Batch]:
    """Run the integer network batch by batch; memory does not grow with the samples.

    With `stream` a state stays from one sample to the next, else every sample begins after a reset.
    """
    given: list[tuple[IntArray, ...]] = []

    def feed() -> Iterator[tuple[IntArray, ...]]:
        done = 0
        for batch in samples.batches(BATCH):
            progress(done, samples.count, "Simulating")
            given.append(quantize_inputs(program, graph, batch))
            yield given[-1]
            done += len(batch[0])
        progress(samples.count, samples.count, "Simulating")

    if not traced:
        for made in outputs(program, feed(), stream=stream):
            yield Batch(given.pop(), made)
        return
    states = states_of(program) if stream else None
    for inputs in feed():
        trace = run(program, inputs, states=states)
        yield Batch(given.pop(), tuple(trace.values[name] for name in program.outputs), trace)


def in_model_layout(graph: Graph, integers: Sequence[IntArray]) -> tuple[IntArray, ...]:
    """Output integers ``(N, *shape)`` as the model itself lays its outputs out."""
    return tuple(
        port.to_model(values) for port, values in zip(graph.outputs, integers, strict=True)
    )


def simulate(
    graph: Graph, program: Program, samples: Samples, *, progress: Progress = silent
) -> tuple[FloatArray, ...]:
    """Dequantized outputs ``(N, *shape)`` in the model's own layout."""
    return joined(
        dequantized(program, graph, batch.outputs)
        for batch in batches(graph, program, samples, progress=progress)
    )


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
    return joined(parts)


def joined(parts: Iterable[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    """Arrays of all batches, one per output."""
    return tuple(np.concatenate(arrays) for arrays in zip(*parts, strict=True))
