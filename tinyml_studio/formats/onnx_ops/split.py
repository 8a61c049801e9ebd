"""Split of a computed tensor."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.folds.shaping import split_sizes
from tinyml_studio.formats.onnx_ops.axes import sample_axis
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Shape, Split


def convert(emitter: Emitter) -> tuple[Tensor, ...]:
    """Sizes are an attribute before opset 13, an operand since, or follow from the outputs."""
    tensor, shape = emitter.tensor()
    axis = sample_axis(emitter.attributes.integer("axis", 0), shape, "it splits the batch")
    return split_along(emitter, tensor, shape, axis)


def split_along(emitter: Emitter, tensor: Tensor, shape: Shape, axis: int) -> tuple[Tensor, ...]:
    """The same along an axis of the sample."""
    outputs = len(emitter.node.outputs)
    if emitter.attributes.integer("num_outputs", outputs) != outputs:
        raise Malformed(f"it has {outputs} outputs, and num_outputs says otherwise")
    uneven = "num_outputs" in emitter.attributes
    stated = emitter.integers("split", 1)
    if emitter.opset >= 18 and (stated is None) != uneven:
        raise Malformed("it needs either sizes or num_outputs")
    sizes = split_sizes(shape[axis], stated, outputs, uneven=uneven)
    if min(sizes) < 1:
        raise Refused("one of its outputs is empty")
    return emitter.add_all(Split(axis, sizes), tensor)
