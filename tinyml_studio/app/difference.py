"""Two open models compared on the same samples."""

from __future__ import annotations

from tinyml_studio.app import running
from tinyml_studio.app.derived import Derived
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.errors import DataError
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, silent
from tinyml_studio.simulate.difference import Comparison, Difference


def difference(
    first: Derived, second: Derived, samples: Samples, *, progress: Progress = silent
) -> Difference:
    """Every layer that both have, over all samples; memory does not grow with them.

    Raises
    ------
    DataError
        If the models take inputs of different shapes.
    """
    _check_inputs(first.graph, second.graph)
    programs = first.need_program(), second.need_program()
    ports = {port.tensor: port.name for port in first.graph.inputs}
    comparison = Comparison(*programs, ports)
    runs = (
        running.batches(held.graph, program, samples, traced=True, progress=told)
        for held, program, told in zip((first, second), programs, (progress, silent), strict=True)
    )
    for a, b in zip(*runs, strict=True):
        if a.trace is not None and b.trace is not None:
            comparison.add(a.trace.values, b.trace.values)
    return comparison.result()


def _check_inputs(first: Graph, second: Graph) -> None:
    """Refuse models that the same samples cannot be given to."""
    shapes = [[port.shape for port in graph.inputs] for graph in (first, second)]
    if shapes[0] != shapes[1]:
        one, other = (" and ".join(map(str, held)) for held in shapes)
        raise DataError(
            "The two models cannot be given the same samples",
            detail=f"one takes inputs of shape {one}, the other of {other}",
        )
