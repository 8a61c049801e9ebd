"""InstanceNormalization over the spatial axes, as the operators that it is made of."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.normalized import normalized
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Add, Mul, Shape


def convert(emitter: Emitter) -> Tensor:
    """Every channel, the first axis of the sample, by itself; then its own scale and bias."""
    tensor, shape = emitter.tensor()
    if len(shape) < 2:
        raise Malformed("its input has no spatial axes")
    normal = normalized(emitter, tensor, tuple(range(1, len(shape))))
    scaled = emitter.add(Mul(), normal, _per_channel(emitter, 1, "scale", shape), suffix="scaled")
    return emitter.add(Add(), scaled, _per_channel(emitter, 2, "bias", shape))


def _per_channel(emitter: Emitter, index: int, what: str, shape: Shape) -> Tensor:
    """One number for every channel, along the spatial axes."""
    array = emitter.weights(index, what)
    if array.shape != shape[:1]:
        raise Malformed(f"its {what} has shape {list(array.shape)} for {shape[0]} channels")
    return emitter.hold(array.reshape(-1, *(1,) * (len(shape) - 1)), what)
