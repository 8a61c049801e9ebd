"""The integer network of a quantized file, run on integers."""

from __future__ import annotations

import numpy as np

from tinyml_studio.lower.lower import lower
from tinyml_studio.quantize.file_grids import file_arithmetic, file_scheme
from tinyml_studio.simulate.run import run


def run_integers(graph, samples):
    """The first output in the model's layout, for signed integers in the model's layout."""
    return run_program(graph, lower(graph, {}, file_scheme(graph), file_arithmetic(graph)), samples)


def run_program(graph, program, samples):
    """The same of any program of the graph."""
    inputs = {
        port.tensor: np.ascontiguousarray(
            port.to_graph(values).astype(program.tensors[port.tensor].type.carrier)
        )
        for port, values in zip(graph.inputs, samples, strict=True)
    }
    trace = run(program, inputs)
    port = graph.outputs[0]
    return port.to_model(trace.values[port.tensor]).astype(np.int64)
