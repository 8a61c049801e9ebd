"""One sample through the float network and the integers, for whoever looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tinyml_studio.app import running
from tinyml_studio.app.derived import Derived
from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.simulate.io import dequantized


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
    """

    number: int
    count: int
    label: int | None
    inputs: tuple[FloatArray, ...]
    floats: tuple[FloatArray, ...]
    integers: tuple[FloatArray, ...]
    saturated: Mapping[str, tuple[int, int]]


def run_sample(derived: Derived, number: int) -> SampleRun:
    """Run the calibration sample of that number, the last one if there are not so many.

    Raises
    ------
    StudioError
        If there is no program or there are no samples.
    """
    graph, program, samples = derived.graph, derived.need_program(), derived.need_samples()
    number = min(max(number, 0), samples.count - 1)
    batch = samples.read(number, number + 1)
    one = Samples.of(list(batch))
    trace = running.trace(graph, program, one)
    outputs = [trace.values[name] for name in program.outputs]
    sizes = {item.layer: trace.values[item.output].size for item in program.instructions}
    ports = zip(graph.inputs, batch, strict=True)
    return SampleRun(
        number=number,
        count=samples.count,
        label=None if samples.labels is None else int(samples.labels[number]),
        inputs=tuple(port.to_graph(values)[0] for port, values in ports),
        floats=tuple(values[0] for values in running.float_run(graph, one)),
        integers=tuple(values[0] for values in dequantized(program, graph, outputs)),
        saturated={layer: (count, sizes[layer]) for layer, count in trace.saturated.items()},
    )
