"""Say of every tensor that is left on which of the file's grids it lies."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.ir import ops
from tinyml_studio.ir.graph import Graph

_MOVES = (
    ops.Transpose,
    ops.Reshape,
    ops.Pad,
    ops.Slice,
    ops.Split,
    ops.Gather,
    ops.MaxPool,
    ops.ResizeBilinear,
)


def carry_grids(graph: Graph) -> Graph:
    """Give the grid of a tensor to what is only moved from it, and forget those that are gone.

    Requires that the file states a quantization. Ensures that it names no other tensor or layer
    than those of the graph.
    """
    if graph.found is None:
        return graph
    grids = dict(graph.found.activations)
    for node in graph.nodes:
        if isinstance(node.op, _MOVES) and node.inputs[0] in grids:
            for name in node.outputs:
                grids.setdefault(name, grids[node.inputs[0]])
    found = replace(
        graph.found,
        activations={name: grid for name, grid in grids.items() if name in graph.shapes},
        weights={k: held for k, held in graph.found.weights.items() if k in graph.by_name},
    )
    return replace(graph, found=found)
