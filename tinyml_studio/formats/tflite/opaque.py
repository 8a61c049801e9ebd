"""An operator that is shown and never run."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import decode
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Known, Tensor, sample_shape
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import Opaque, Shape


def emit_opaque(emitter: Emitter, reason: str) -> tuple[Tensor, ...]:
    """Add the operator as it stands, with its constant operands as weights."""
    operator, around = emitter.operator, emitter.around
    shapes = tuple(_shape(emitter, index) for index in range(len(operator.outputs)))
    op = Opaque(operator.kind, "", reason, shapes, _weights(emitter))
    tensors = around.graph.tensors
    given = [index for index in operator.inputs if index >= 0 and not tensors[index].variable]
    values = [around.lookup(index) for index in given]
    computed = tuple(held.name for held in values if isinstance(held, Tensor))
    outputs = tuple(around.names[index] for index in operator.outputs)
    layer = around.layers.fresh(operator.kind.lower().replace(" ", "_"))
    emitter.nodes.append(Node(layer, op, computed, outputs))
    return tuple(Tensor(name, shape, None) for name, shape in zip(outputs, shapes, strict=True))


def _shape(emitter: Emitter, index: int) -> Shape | None:
    """What the file says about an output, as far as it can be a sample's shape."""
    try:
        shape = sample_shape(emitter.output(index), emitter.around.batch)
    except Refused:
        return None
    return shape if min(shape, default=1) > 0 else None


def _weights(emitter: Emitter) -> tuple[tuple[str, FloatArray], ...]:
    """Constant operands as float32, under the file's names."""
    found: list[tuple[str, FloatArray]] = []
    for index, number in enumerate(emitter.operator.inputs):
        if number < 0 or emitter.around.graph.tensors[number].variable:
            continue
        if not isinstance(emitter.around.lookup(number), Known):
            continue
        try:
            values = _values(emitter, index)
        except Refused:
            continue
        if values.size and np.isfinite(values).all():
            values.flags.writeable = False
            found.append((emitter.around.names[number], values))
    return tuple(found)


def _values(emitter: Emitter, index: int) -> FloatArray:
    """Real values where there is a scale, else the numbers as they are."""
    try:
        return emitter.real(index)
    except Refused:
        return decode(emitter.constant(index)).astype(np.float32)
    except Malformed as error:
        raise Refused(str(error)) from None
