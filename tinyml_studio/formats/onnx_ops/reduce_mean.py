"""ReduceMean."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axes
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Identity, Mean


def convert(emitter: Emitter) -> Tensor:
    """Axes are an attribute before opset 18 and an operand since."""
    tensor, shape = emitter.tensor()
    axes = emitter.integers("axes", 1)
    if not axes:
        if emitter.attributes.flag("noop_with_empty_axes"):
            return emitter.add(Identity(), tensor)
        raise Refused("it takes the mean over the batch")
    over = tuple(sorted(sample_axes(axes, shape, "it takes the mean over the batch")))
    keep = emitter.attributes.flag("keepdims", default=True)
    return emitter.add(Mean(over, keepdims=keep), tensor)
