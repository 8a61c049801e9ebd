"""The door to writing ONNX: a float model of a Graph that ONNX Runtime may run.

The channels-last graph is written with a symbolic batch axis in front. Only what the requested
tensors need is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tinyml_studio.errors import UnsupportedError
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.ir.ops import Opaque
from tinyml_studio.progress import give_way

if TYPE_CHECKING:
    from tinyml_studio.formats.writer.draft import Draft


def write_onnx(graph: Graph, *, outputs: Sequence[str] | None = None) -> bytes:
    """A float32 ONNX model of `graph`, or of the part that `outputs` need.

    Parameters
    ----------
    graph
        The network; its inputs become ``input_0``, ``input_1``, ... with shape ``(N, *shape)`` in
        the graph's layout.
    outputs
        Graph tensors to give out, as ``output_0``, ... in the graph's layout; the model's outputs
        when not given.

    Raises
    ------
    UnsupportedError
        If an operator that is needed is not understood; names the layer.
    ValueError
        If `outputs` names a tensor that the graph does not have.
    """
    wanted = _wanted(graph, outputs)
    return _drafted(graph, wanted).finish(wanted)


def _wanted(graph: Graph, outputs: Sequence[str] | None) -> tuple[str, ...]:
    """The requested tensors; ValueError for one that does not exist."""
    wanted = tuple(port.tensor for port in graph.outputs) if outputs is None else tuple(outputs)
    known = {*graph.producers, *graph.constants, *(port.tensor for port in graph.inputs)}
    unknown = [tensor for tensor in wanted if tensor not in known]
    if unknown or not wanted:
        raise ValueError(f"the graph has no tensor {unknown}" if unknown else "no outputs asked")
    return wanted


def _drafted(graph: Graph, wanted: tuple[str, ...]) -> Draft:
    """All nodes that the wanted tensors need, written in order."""
    # loaded with the first network that is run: the onnx package takes as long as the window
    from tinyml_studio.formats.writer.draft import Draft  # noqa: PLC0415
    from tinyml_studio.formats.writer.registry import WRITERS  # noqa: PLC0415

    draft = Draft(graph)
    for node in _needed(graph, wanted):
        give_way()
        if isinstance(node.op, Opaque):
            raise UnsupportedError(
                f"The layer {node.name} ({node.op.kind}) cannot be run", detail=node.op.reason
            )
        WRITERS[type(node.op)](draft, node, node.op)
    return draft


def _needed(graph: Graph, wanted: tuple[str, ...]) -> list[Node]:
    """The nodes that `wanted` depends on, in topological order."""
    tensors = set(wanted)
    needed = []
    for node in reversed(graph.nodes):
        if tensors.intersection(node.outputs):
            tensors.update(node.inputs)
            needed.append(node)
    return needed[::-1]
