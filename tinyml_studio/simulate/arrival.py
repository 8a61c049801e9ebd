"""What a layer's isolated error is made of, and how much of it arrives at the model's output.

The amplified error of a layer is the error of the model's first output when only that layer is
quantized: its integers, as the real values that they stand for, go through the float network that
is behind it. The same integers give the isolated error, so both speak of one run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.ir.cut import alone, behind
from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.ops import Conv, ConvTranspose, Dense
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.registry import execute
from tinyml_studio.program.instructions import (
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    FullyConnectedReal,
    TransposeConv2D,
)
from tinyml_studio.program.program import Program
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.compare import GridNoise, Reference
from tinyml_studio.simulate.engine import chunks
from tinyml_studio.simulate.error import INPUT_KIND, Layer, layers_of, same_layer
from tinyml_studio.simulate.metrics import ErrorSums, error_sums

_BIASED = (Conv2D, DepthwiseConv2D, TransposeConv2D, FullyConnected, FullyConnectedReal)
_Q31 = 2.0**-31


@dataclass(frozen=True, slots=True)
class Arrival:
    """One layer quantized alone.

    Parameters
    ----------
    name
        The layer, or an input of the model.
    isolated
        Error of its own output.
    inputs
        Mean squared error that the grids of the inputs cause: they are brought on them, and the
        layer computes in float.
    rounding, clipping
        Mean squared error of bringing that on the output's grid, within and beyond its range.
    bias
        Mean squared error of the rounded bias.
    output
        Error of the model's first output; None where that does not depend on the layer.
    """

    name: str
    isolated: ErrorSums
    inputs: float
    rounding: float
    clipping: float
    bias: float
    output: ErrorSums | None

    @property
    def rest(self) -> float:
        """What is left: rounded weights and multipliers; 0 where the causes cancel."""
        known = self.rounding + self.clipping + self.inputs + self.bias
        return max(0.0, self.isolated.mse - known)


@dataclass(frozen=True, eq=False)
class ArrivalRun:
    """The layers of one program that were followed, over one batch, in order of the network."""

    program: Program
    floats: Mapping[str, FloatArray] = field(repr=False)
    arrivals: Mapping[str, Arrival]


def arrivals(
    graph: Graph,
    program: Program,
    floats: Mapping[str, FloatArray],
    *,
    previous: ArrivalRun | None = None,
    layers: Sequence[str] | None = None,
    is_enough: Callable[[], bool] = lambda: False,
    progress: Progress = silent,
) -> ArrivalRun:
    """Quantize each layer alone and carry its error to the output.

    Parameters
    ----------
    graph, program, floats
        The prepared float network, its integers, and the float values of every tensor, ``(N,
        *shape)`` in the graph's layout.
    previous
        An earlier result for the very same `floats`: layers whose instructions and grids did not
        change are taken over from it.
    layers, is_enough
        Which to follow, in this order, None follows all; once `is_enough` says so, no more.
    progress
        Told before every layer.

    Raises
    ------
    Cancelled
        If `progress` says so.
    """
    rows = {row.name: row for row in layers_of(graph)}
    found = _kept(previous, program, floats, rows)
    wanted = tuple(rows) if layers is None else layers
    for done, name in enumerate(wanted):
        progress(done, len(wanted), "carrying the error to the output")
        if name not in found:
            if is_enough():
                break
            found[name] = _Alone(graph, program, floats, rows[name]).arrival()
    return ArrivalRun(program, floats, {name: found[name] for name in rows if name in found})


def _kept(
    previous: ArrivalRun | None,
    program: Program,
    floats: Mapping[str, FloatArray],
    rows: Mapping[str, Layer],
) -> dict[str, Arrival]:
    """What an earlier result says of layers that have not changed."""
    if previous is None or previous.floats is not floats:
        return {}
    known = ((rows[name], held) for name, held in previous.arrivals.items() if name in rows)
    return {row.name: held for row, held in known if same_layer(row, program, previous.program)}


class _Alone:
    """One layer that is quantized while all others are float."""

    def __init__(
        self, graph: Graph, program: Program, floats: Mapping[str, FloatArray], row: Layer
    ) -> None:
        self._graph, self._program, self._floats, self._row = graph, program, floats, row
        self._runner: FloatRunner | None = None

    def arrival(self) -> Arrival:
        """Its figures."""
        row, floats = self._row, self._floats
        made, ideal = self._run(), self._ideal()
        sums = sum((error_sums(floats[name], made[name]) for name in row.outputs), ErrorSums())
        noise = sum((self._grid_noise(name, ideal[name]) for name in row.outputs), GridNoise())
        return Arrival(
            name=row.name,
            isolated=sums,
            rounding=noise.rounding / max(sums.count, 1),
            clipping=noise.clipping / max(sums.count, 1),
            inputs=self._inputs(ideal),
            bias=bias_error(self._graph, self._program, row.name),
            output=self._carried(made),
        )

    def _run(self) -> dict[str, FloatArray]:
        """The layer's integers as real values, ``(N, *shape)`` by tensor."""
        items = () if self._row.kind == INPUT_KIND else self._program.by_layer[self._row.name]
        parts: list[dict[str, FloatArray]] = []
        for part in self._parts():
            names = (*self._read(), *self._row.outputs)
            values = {name: self._reference(name, part).activation for name in names}
            for item in items:
                values[item.output] = execute(self._program, item, values)
            parts.append({name: real_values(values[name]) for name in self._row.outputs})
        return _joined(parts)

    def _ideal(self) -> dict[str, FloatArray]:
        """The layer in float on inputs that are on their grids."""
        if self._row.kind == INPUT_KIND or not self._read():
            return {name: self._floats[name] for name in self._row.outputs}
        runner = self._runner = FloatRunner(alone(self._graph, self._row.name))
        return _joined(
            [
                runner.run(
                    [real_values(self._reference(name, part).activation) for name in self._read()],
                    self._row.outputs,
                )
                for part in self._parts()
            ]
        )

    def _inputs(self, ideal: Mapping[str, FloatArray]) -> float:
        """Mean squared error of that."""
        exact: Mapping[str, FloatArray] = self._floats
        if self._graph.reference is not None and self._runner is not None:
            exact = self._runner.run(
                [self._floats[name] for name in self._read()], self._row.outputs
            )
        sums = (error_sums(exact[name], ideal[name]) for name in self._row.outputs)
        return sum(sums, ErrorSums()).mse

    def _grid_noise(self, name: str, values: FloatArray) -> GridNoise:
        """What bringing values on a tensor's grid costs."""
        tensor = self._program.tensors[name]
        parts = (Reference(tensor, values[part]).grid_noise for part in self._parts())
        return sum(parts, GridNoise())

    def _carried(self, made: Mapping[str, FloatArray]) -> ErrorSums | None:
        """The error of the model's first output."""
        output = self._graph.outputs[0].tensor
        if output in made:
            return error_sums(self._floats[output], made[output])
        rest = behind(self._graph, self._row.name, output)
        if rest is None:
            return None
        runner = FloatRunner(rest)
        arrived = runner.run([{**self._floats, **made}[port.tensor] for port in rest.inputs])
        exact = self._floats[output]
        if self._graph.reference is not None:
            exact = runner.run([self._floats[port.tensor] for port in rest.inputs])[output]
        return error_sums(exact, arrived[output])

    def _read(self) -> Sequence[str]:
        """The tensors that the layer reads, constants excepted."""
        read = dict.fromkeys(self._row.inputs)
        return [name for name in read if name in self._floats]

    def _parts(self) -> list[slice]:
        return chunks(self._program, len(self._floats[self._row.outputs[0]]))

    def _reference(self, name: str, part: slice) -> Reference:
        return Reference(self._program.tensors[name], self._floats[name][part])


def bias_error(graph: Graph, program: Program, layer: str) -> float:
    """Mean squared error of a layer's rounded bias, in the square of its output's unit.

    One step of the bias is one step of the output times the multiplier.
    """
    node = graph.by_name.get(layer)
    if node is None or not isinstance(node.op, Conv | ConvTranspose | Dense):
        return 0.0
    held = [item for item in program.by_layer.get(layer, ()) if isinstance(item, _BIASED)]
    bias = node.op.bias.astype(np.float64)
    if len(held) != 1 or held[0].bias.shape != bias.shape:
        return 0.0
    scale = program.tensors[held[0].output].scale
    item = held[0]
    if isinstance(item, FullyConnectedReal):
        step = scale * np.ldexp(item.factor, -item.shift)
    else:
        step = scale * np.ldexp(item.multiplier * _Q31, item.shift)
    return float(np.square(item.bias * step - bias).mean())


def real_values(made: Activation) -> FloatArray:
    """What integers stand for, ``(N, *shape)`` float32."""
    tensor = made.tensor
    values = made.integers.astype(np.float32)
    values -= np.float32(tensor.zero_point)
    values *= np.float32(tensor.scale)
    return values


def _joined(parts: Sequence[Mapping[str, FloatArray]]) -> dict[str, FloatArray]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
