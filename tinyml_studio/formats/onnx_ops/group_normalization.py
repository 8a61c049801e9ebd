"""GroupNormalization, as the operators that it is made of."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.onnx_ops.normalized import normalized, of_channels
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Reshape


def convert(emitter: Emitter) -> Tensor:
    """Groups of channels, each by itself; then every channel's own scale and bias."""
    tensor, shape = emitter.tensor()
    groups = emitter.attributes.integer("num_groups", 0)
    if len(shape) < 2 or groups < 1 or shape[0] % groups:
        raise Malformed(f"it makes {groups} groups of a sample of shape {shape}")
    rows = emitter.add(Reshape((groups, prod(shape) // groups)), tensor, suffix="groups")
    normal = normalized(emitter, rows, (1,))
    back = emitter.add(Reshape(shape), normal, suffix="channels")
    return of_channels(emitter, back, shape)
