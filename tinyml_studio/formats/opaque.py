"""A node that is shown and never run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import Opaque, Shape


def emit_opaque(
    emitter: Emitter, reason: str, shapes: Sequence[Shape | None]
) -> tuple[Tensor, ...]:
    """Add the node as it stands, with its constant operands as weights.

    Parameters
    ----------
    emitter
        The node.
    reason
        Why it is not understood.
    shapes
        What the file says about each output.
    """
    node = emitter.node
    op = Opaque(node.op_type, node.domain, reason, tuple(shapes), _weights(emitter))
    outputs = tuple(
        name or emitter.around.tensors.fresh(f"{node.name}/unused") for name in node.outputs
    )
    computed = [
        value.name
        for index in range(len(node.inputs))
        if isinstance(value := emitter.operand(index), Tensor)
    ]
    emitter.nodes.append(Node(node.name, op, tuple(computed), outputs))
    return tuple(Tensor(name, shape) for name, shape in zip(outputs, shapes, strict=True))


def _weights(emitter: Emitter) -> tuple[tuple[str, FloatArray], ...]:
    """Constant operands as float32, under the file's names."""
    found: list[tuple[str, FloatArray]] = []
    for index, name in enumerate(emitter.node.inputs):
        value = emitter.operand(index)
        if isinstance(value, Known) and value.array.size:
            emitter.around.used.claim(value.array.shape)
            array = value.array.astype(np.float32)
            array.flags.writeable = False
            found.append((name, array))
    return tuple(found)
