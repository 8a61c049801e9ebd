"""ArgMax and ArgMin."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axis
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import ArgMax


def convert(emitter: Emitter) -> Tensor:
    """The first of equal values."""
    tensor, shape = emitter.tensor()
    if emitter.attributes.flag("select_last_index"):
        raise Refused("it takes the last of equal values")
    axis = sample_axis(emitter.attributes.integer("axis", 0), shape, "it looks along the batch")
    keep = emitter.attributes.flag("keepdims", default=True)
    smallest = emitter.node.op_type == "ArgMin"
    return emitter.add(ArgMax(axis, keepdims=keep, smallest=smallest), tensor)
