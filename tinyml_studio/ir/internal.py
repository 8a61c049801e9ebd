"""Values inside of an operator that have a grid of their own but are no tensor of the graph."""

from __future__ import annotations

from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import Lstm


def cell_tensor(node: Node) -> str:
    """How statistics and files call the cell of an LSTM."""
    return f"{node.outputs[0]}#cell"


def state_tensor(node: Node) -> str:
    """How files call the features that an SVDF keeps."""
    return f"{node.outputs[0]}#state"


def time_weights(node: Node) -> str:
    """How files call the weights of an SVDF in time."""
    return f"{node.outputs[0]}#time"


def internal_tensors(node: Node) -> tuple[str, ...]:
    """What is measured inside of a node, beside its outputs."""
    return (cell_tensor(node),) if isinstance(node.op, Lstm) else ()
