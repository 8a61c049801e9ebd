"""InstanceNormalization over the spatial axes, as the operators that it is made of."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.normalized import normalized, of_channels
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor


def convert(emitter: Emitter) -> Tensor:
    """Every channel, the first axis of the sample, by itself; then its own scale and bias."""
    tensor, shape = emitter.tensor()
    if len(shape) < 2:
        raise Malformed("its input has no spatial axes")
    normal = normalized(emitter, tensor, tuple(range(1, len(shape))))
    return of_channels(emitter, normal, shape)
