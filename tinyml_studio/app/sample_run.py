"""One sample through the float network and the integers, for whoever looks at it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from tinyml_studio.app import running
from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.ir.graph import Graph
from tinyml_studio.program.program import Program, QuantizedTensor
from tinyml_studio.simulate.io import dequantized
from tinyml_studio.simulate.trace import Trace


@dataclass(frozen=True, eq=False)
class LayerRun:
    """What a layer makes of one sample.

    Parameters
    ----------
    tensor
        Grid of its output.
    integers, floats
        ``shape``: its integers, and the values of the float network.
    saturated
        Integers that stand at an end of the type because it ends there.
    clipped
        Float values that lie outside the range of the grid by more than half a step.
    """

    tensor: QuantizedTensor
    integers: IntArray
    floats: FloatArray
    saturated: int
    clipped: int


@dataclass(frozen=True, eq=False)
class SampleRun:
    """What both networks make of one sample.

    Parameters
    ----------
    number, count
        Which of how many calibration samples, from 0.
    label
        Its class; None where the samples have no labels.
    inputs
        One array per input, channels last.
    floats, integers
        One array per output in the model's own layout: of the float network, and the integers as
        the real values that they stand for.
    saturated
        Per layer how many values stand at an end of the type because it ends there, of how many.
    layers
        What every layer makes of it, the inputs of the model first.
    """

    number: int
    count: int
    label: int | None
    inputs: tuple[FloatArray, ...]
    floats: tuple[FloatArray, ...]
    integers: tuple[FloatArray, ...]
    saturated: Mapping[str, tuple[int, int]]
    layers: Mapping[str, LayerRun] = field(default_factory=dict)


class SampleRunner:
    """Runs samples one after another; keeps the float network ready for the next one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: tuple[Graph, FloatRunner] | None = None

    def run(self, derived: Derived, number: int) -> SampleRun:
        """As `run_sample`."""
        with self._lock:
            if self._known is None or self._known[0] is not derived.graph:
                self._known = (derived.graph, FloatRunner(derived.graph))
            return _run(derived, number, self._known[1])


def run_sample(derived: Derived, number: int) -> SampleRun:
    """Run the calibration sample of that number, the last one if there are not so many.

    Raises
    ------
    StudioError
        If there is no program or there are no samples.
    """
    return SampleRunner().run(derived, number)


def _run(derived: Derived, number: int, runner: FloatRunner) -> SampleRun:
    graph, program, samples = derived.graph, derived.need_program(), derived.need_samples()
    number = min(max(number, 0), samples.count - 1)
    batch = samples.read(number, number + 1)
    one = Samples.of(list(batch))
    trace = running.trace(graph, program, one)
    outputs = [trace.values[name] for name in program.outputs]
    sizes = {item.layer: trace.values[item.output].size for item in program.instructions}
    ports = zip(graph.inputs, batch, strict=True)
    floats = runner.run(batch)
    layers = _layer_runs(graph, program, trace, floats)
    return SampleRun(
        number=number,
        count=samples.count,
        label=None if samples.labels is None else int(samples.labels[number]),
        inputs=tuple(port.to_graph(values)[0] for port, values in ports),
        floats=tuple(port.to_model(floats[port.tensor])[0] for port in graph.outputs),
        integers=tuple(values[0] for values in dequantized(program, graph, outputs)),
        saturated={layer: (count, sizes[layer]) for layer, count in trace.saturated.items()},
        layers=layers,
    )


def _layer_runs(
    graph: Graph, program: Program, trace: Trace, floats: Mapping[str, FloatArray]
) -> dict[str, LayerRun]:
    """Every layer's output beside the float one."""
    named = {port.name: port.tensor for port in graph.inputs}
    named |= {node.name: node.outputs[0] for node in graph.nodes}
    found = {}
    for layer, name in named.items():
        tensor, real = program.tensors[name], floats[name][0]
        step = real.astype(np.float64) / tensor.scale + tensor.zero_point
        outside = (step < tensor.type.min - 0.5) | (step > tensor.type.max + 0.5)
        saturated, clipped = trace.saturated.get(layer, 0), int(np.count_nonzero(outside))
        found[layer] = LayerRun(tensor, trace.values[name][0], real, saturated, clipped)
    return found
