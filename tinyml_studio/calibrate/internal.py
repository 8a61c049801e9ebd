"""Float values inside of operators, from the values of their inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.ir.graph import Graph
from tinyml_studio.ir.internal import cell_tensor
from tinyml_studio.ir.ops import Lstm


def internal_values(
    graph: Graph, values: Mapping[str, FloatArray]
) -> Iterator[tuple[str, FloatArray]]:
    """The name and the values ``(N, *shape)`` of everything that is measured inside of nodes.

    Parameters
    ----------
    graph
        The network.
    values
        ``(N, *shape)`` of its tensors.
    """
    for node in graph.nodes:
        if isinstance(node.op, Lstm) and node.inputs[0] in values and node.outputs[0] in values:
            cell = _cells(node.op, values[node.inputs[0]], values[node.outputs[0]])
            yield cell_tensor(node), cell


def _cells(op: Lstm, x: FloatArray, hidden: FloatArray) -> FloatArray:
    """The cell after every step ``(N, T, H)``; its gates follow from the inputs and outputs."""
    before = np.concatenate([np.zeros_like(hidden[:, :1]), hidden[:, :-1]], axis=1)
    products = np.einsum("nti,ghi->gnth", x, op.input_weight, optimize=True)
    products += np.einsum("nti,ghi->gnth", before, op.hidden_weight, optimize=True)
    products += op.bias[:, None, None]
    taken, kept = (0.5 + 0.5 * np.tanh(0.5 * products[gate]) for gate in (0, 1))
    added = taken * np.tanh(products[2])
    cell = np.zeros_like(hidden[:, 0])
    cells = np.empty_like(hidden)
    for step in range(hidden.shape[1]):
        cell = kept[:, step] * cell + added[:, step]
        if op.cell_clip > 0.0:
            cell = np.clip(cell, -op.cell_clip, op.cell_clip)
        cells[:, step] = cell
    return cells


def with_internal(graph: Graph, values: Mapping[str, FloatArray]) -> Mapping[str, FloatArray]:
    """Values of tensors together with those inside of the nodes."""
    return {**values, **dict(internal_values(graph, values))}
