"""Error of every layer: alone, and with everything in front of it quantized too.

Isolated: the layer's float inputs are brought on the grids of its input tensors, its instructions
run, and their output is compared with the float output. Cumulative: the output in a trace of the
whole integer network is compared with the float output. Both in real units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.graph import Graph
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.registry import execute
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, give_way, in_turns, silent
from tinyml_studio.simulate.compare import GridNoise, Reference
from tinyml_studio.simulate.engine import chunks
from tinyml_studio.simulate.metrics import ErrorSums
from tinyml_studio.simulate.trace import Trace

INPUT_KIND = "Input"


@dataclass(frozen=True, slots=True)
class LayerError:
    """The error of one layer's output against the float network.

    Parameters
    ----------
    name, op
        The layer and its operator; an input of the model is a layer of the kind ``Input``.
    sqnr_isolated_db, sqnr_cumulative_db
        Signal to quantization noise ratio in dB; infinite without noise.
    mse, mse_isolated
        Mean squared error, cumulative and isolated, in the square of the tensor's own unit.
    cosine, max_abs, cosine_isolated, max_abs_isolated
        Cosine similarity and largest absolute error, cumulative and isolated.
    rounding, clipping
        Mean squared error that the output's grid alone causes: the float output brought on the
        grid, split by whether a value lay within the range (then its error is at most half a
        step) or outside. What the isolated error has beyond both is `arithmetic`.
    clipped
        Share of the float output that lies outside the grid's range by more than half a step.
    saturated
        Integers of the cumulative run that stand at an end of their type, where neither the
        layer's own clamp nor a real zero would put them; of a model input, those that were
        clipped.
    """

    name: str
    op: str
    sqnr_isolated_db: float
    sqnr_cumulative_db: float
    mse: float
    mse_isolated: float
    cosine: float
    max_abs: float
    rounding: float
    clipping: float
    clipped: float
    saturated: int
    cosine_isolated: float = math.nan
    max_abs_isolated: float = math.nan

    @property
    def arithmetic(self) -> float:
        """Isolated error that the output's grid does not explain, as a mean square.

        That is what rounded weights, biases, multipliers and inputs cause. The causes are not
        independent, so it is the rest, and 0 where they cancel.
        """
        return max(0.0, self.mse_isolated - self.rounding - self.clipping)


@dataclass(frozen=True, slots=True)
class Isolated:
    """Sums of the isolated error of one layer."""

    sums: ErrorSums = field(default_factory=ErrorSums)
    grid: GridNoise = field(default_factory=GridNoise)

    def __add__(self, other: Isolated) -> Isolated:
        """The sums over both."""
        return Isolated(self.sums + other.sums, self.grid + other.grid)


@dataclass(frozen=True, slots=True)
class Layer:
    """One row of the analysis: a node, or an input port."""

    name: str
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class ErrorRun:
    """Sums of one or more batches, and what the last of them came from.

    Parameters
    ----------
    layers
        The rows, inputs first.
    isolated, cumulative, saturated
        By layer name.
    trace, floats
        The integer and float values of the last batch.
    """

    layers: tuple[Layer, ...]
    isolated: Mapping[str, Isolated]
    cumulative: Mapping[str, ErrorSums]
    saturated: Mapping[str, int]
    trace: Trace
    floats: Mapping[str, FloatArray] = field(repr=False)

    def __add__(self, other: ErrorRun) -> ErrorRun:
        """Both batches as one; values are those of `other`."""
        names = [layer.name for layer in self.layers]
        return ErrorRun(
            self.layers,
            {name: self.isolated[name] + other.isolated[name] for name in names},
            {name: self.cumulative[name] + other.cumulative[name] for name in names},
            {name: self.saturated[name] + other.saturated[name] for name in names},
            other.trace,
            other.floats,
        )

    @property
    def errors(self) -> tuple[LayerError, ...]:
        """The figures of every layer, inputs first, then in the order of the graph."""
        return tuple(self._error(layer) for layer in in_turns(self.layers))

    def _error(self, layer: Layer) -> LayerError:
        alone, so_far = self.isolated[layer.name], self.cumulative[layer.name]
        count = alone.sums.count or math.nan
        return LayerError(
            name=layer.name,
            op=layer.kind,
            sqnr_isolated_db=alone.sums.sqnr_db,
            sqnr_cumulative_db=so_far.sqnr_db,
            mse=so_far.mse,
            mse_isolated=alone.sums.mse,
            cosine=so_far.cosine,
            max_abs=so_far.max_abs,
            rounding=alone.grid.rounding / count,
            clipping=alone.grid.clipping / count,
            clipped=alone.grid.clipped / count,
            saturated=self.saturated[layer.name],
            cosine_isolated=alone.sums.cosine,
            max_abs_isolated=alone.sums.max_abs,
        )


def layer_errors(
    graph: Graph,
    trace: Trace,
    floats: Mapping[str, FloatArray],
    *,
    previous: ErrorRun | None = None,
    progress: Progress = silent,
) -> ErrorRun:
    """Isolated and cumulative error of every layer for one batch.

    Parameters
    ----------
    graph
        The prepared float network.
    trace
        A run of its integer program over the batch.
    floats
        Float values of every tensor, ``(N, *shape)`` in the graph's layout, of the same batch.
    previous
        An earlier result for the very same `floats`; layers whose instructions, grids or values
        did not change are taken over from it.
    progress
        Told before every chunk of samples.
    """
    rows = layers_of(graph)
    isolated, cumulative = _kept(rows, trace, floats, previous)
    alone = [row for row in rows if row.name not in isolated]
    so_far = [row for row in rows if row.name not in cumulative]
    isolated |= {row.name: Isolated() for row in alone}
    cumulative |= {row.name: ErrorSums() for row in so_far}
    parts = chunks(trace.program, len(floats[rows[0].outputs[0]]))
    for done, part in enumerate(parts):
        progress(done, len(parts), "measuring the error")
        chunk = _Chunk(trace, floats, part)
        for row in alone:
            isolated[row.name] += chunk.isolated(row)
        for row in so_far:
            cumulative[row.name] += chunk.cumulative(row)
    progress(len(parts), len(parts), "measuring the error")
    return ErrorRun(rows, isolated, cumulative, _saturated(rows, trace, isolated), trace, floats)


def layers_of(graph: Graph) -> tuple[Layer, ...]:
    """The rows of the analysis: input ports, then nodes."""
    ports = [Layer(port.name, INPUT_KIND, (), (port.tensor,)) for port in graph.inputs]
    nodes = [Layer(node.name, node.op.kind, node.inputs, node.outputs) for node in graph.nodes]
    return (*ports, *nodes)


def _saturated(
    rows: Sequence[Layer], trace: Trace, isolated: Mapping[str, Isolated]
) -> dict[str, int]:
    """Saturated values by row."""
    return {
        row.name: isolated[row.name].grid.clipped
        if row.kind == INPUT_KIND
        else trace.saturated.get(row.name, 0)
        for row in rows
    }


class _Chunk:
    """Some samples of a batch: float values, their grids, and the two comparisons."""

    def __init__(self, trace: Trace, floats: Mapping[str, FloatArray], part: slice) -> None:
        self._trace = trace
        self._floats = floats
        self._part = part
        self._references: dict[str, Reference] = {}

    def isolated(self, row: Layer) -> Isolated:
        """Run one layer on float inputs that were brought on their grids."""
        give_way()
        program = self._trace.program
        values = {
            name: self._reference(name).activation for name in row.inputs if name in self._floats
        }
        for item in _instructions(program, row):
            values[item.output] = execute(program, item, values)
        total = Isolated()
        for name in row.outputs:
            reference = self._reference(name)
            made: Activation = values.get(name, reference.activation)
            total += Isolated(reference.compare(made), reference.grid_noise)
        return total

    def cumulative(self, row: Layer) -> ErrorSums:
        """Compare the trace of one layer."""
        give_way()
        held = self._trace.values.held
        sums = [self._reference(name).compare_held(held[name], self._part) for name in row.outputs]
        return sum(sums, ErrorSums())

    def _reference(self, name: str) -> Reference:
        """The float values of one tensor."""
        if name not in self._references:
            tensor = self._trace.program.tensors[name]
            self._references[name] = Reference(tensor, self._floats[name][self._part])
        return self._references[name]


def _instructions(program: Program, row: Layer) -> Sequence[Instruction]:
    """What a layer runs; an input of the model runs nothing."""
    return () if row.kind == INPUT_KIND else program.by_layer.get(row.name, ())


def _kept(
    rows: Sequence[Layer],
    trace: Trace,
    floats: Mapping[str, FloatArray],
    previous: ErrorRun | None,
) -> tuple[dict[str, Isolated], dict[str, ErrorSums]]:
    """What an earlier result says about layers that did not change."""
    if previous is None or previous.floats is not floats:
        return {}, {}
    old = previous.trace
    isolated = {
        row.name: previous.isolated[row.name]
        for row in in_turns(rows)
        if row.name in previous.isolated and same_layer(row, trace.program, old.program)
    }
    cumulative = {
        row.name: previous.cumulative[row.name]
        for row in rows
        if row.name in previous.cumulative
        and all(trace.values.held[name] is old.values.held.get(name) for name in row.outputs)
    }
    return isolated, cumulative


def same_layer(row: Layer, new: Program, old: Program) -> bool:
    """Whether both programs run a layer alike on the same grids."""
    mine, theirs = _instructions(new, row), _instructions(old, row)
    names = {*row.outputs, *(name for item in mine for name in (*item.inputs, item.output))}
    return (
        len(mine) == len(theirs)
        and all(a is b for a, b in zip(mine, theirs, strict=True))
        and all(new.tensors[name] == old.tensors.get(name) for name in names)
        and all(new.constants.get(name) is old.constants.get(name) for name in names)
    )
