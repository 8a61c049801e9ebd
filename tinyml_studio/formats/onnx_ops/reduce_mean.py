"""ReduceMean, ReduceSum and ReduceProd."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.axes import sample_axes
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Identity, Mean, Prod, Sum


def mean(emitter: Emitter) -> Tensor:
    """Axes are an attribute before opset 18 and an operand since."""
    return _reduced(emitter, Mean, "it takes the mean over the batch")


def total(emitter: Emitter) -> Tensor:
    """Axes are an attribute before opset 13 and an operand since."""
    return _reduced(emitter, Sum, "it sums over the batch")


def product(emitter: Emitter) -> Tensor:
    """Axes are an attribute before opset 18 and an operand since."""
    return _reduced(emitter, Prod, "it multiplies over the batch")


def _reduced(emitter: Emitter, kind: type[Mean] | type[Sum] | type[Prod], refusal: str) -> Tensor:
    tensor, shape = emitter.tensor()
    axes = emitter.integers("axes", 1)
    if not axes:
        if emitter.attributes.flag("noop_with_empty_axes"):
            return emitter.add(Identity(), tensor)
        raise Refused(refusal)
    over = tuple(sorted(sample_axes(axes, shape, refusal)))
    keep = emitter.attributes.flag("keepdims", default=True)
    return emitter.add(kind(over, keepdims=keep), tensor)
