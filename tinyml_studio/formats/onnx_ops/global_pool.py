"""GlobalAveragePool and GlobalMaxPool."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.layout import between_transposes, spatial_input
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import MaxPool, Mean


def average(emitter: Emitter) -> Tensor:
    """The mean over all spatial axes."""
    tensor, shape = emitter.tensor()
    if len(shape) < 2:
        raise Malformed("its input has no spatial axes")
    return emitter.add(Mean(tuple(range(1, len(shape))), keepdims=True), tensor)


def maximum(emitter: Emitter) -> Tensor:
    """One window over the whole input."""
    tensor, shape = spatial_input(emitter)
    spatial = shape[1:]
    op = MaxPool(spatial, (1,) * len(spatial), ((0, 0),) * len(spatial))
    return between_transposes(emitter, op, tensor, len(shape))
