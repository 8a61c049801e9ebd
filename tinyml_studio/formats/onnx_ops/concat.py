"""Concat of computed tensors and constants."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axis
from tinyml_studio.formats.onnx_ops.broadcast import constant_operand
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Known, Tensor
from tinyml_studio.ir.ops import Concat, Shape


def convert(emitter: Emitter) -> Tensor:
    """Join along an axis of the sample."""
    count = len(emitter.node.inputs)
    computed = [i for i in range(count) if isinstance(emitter.operand(i), Tensor)]
    _, shape = emitter.tensor(computed[0] if computed else 0)
    axis = sample_axis(emitter.attributes.integer("axis", 0), shape, "it joins along the batch")
    operands = [_operand(emitter, index, shape) for index in range(count)]
    return emitter.add(Concat(axis), *operands)


def _operand(emitter: Emitter, index: int, shape: Shape) -> Tensor:
    """A computed operand, or a constant without its batch axis."""
    value = emitter.operand(index)
    if isinstance(value, Tensor):
        return emitter.tensor(index)[0]
    if isinstance(value, Known) and value.array.ndim != len(shape) + 1:
        raise Malformed(f"operand {index} has another rank")
    values = constant_operand(emitter, index, shape)
    return emitter.hold(values, f"operand_{index}", operand=index)
