"""FULLY_CONNECTED over the last axis, or over all of a sample's values together."""

from __future__ import annotations

from math import prod

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.layer_weights import layer_weights
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Dense, Reshape


def convert_fully_connected(emitter: Emitter) -> tuple[Tensor, ...]:
    """A sample of several axes is flattened unless the operator keeps them."""
    source, shape = emitter.computed()
    if emitter.option(1, "i1"):
        raise Refused("its weights are shuffled")
    held = layer_weights(emitter, source, channels=0)
    if held.weight.ndim != 2:
        raise Malformed(f"its weights have the shape {held.weight.shape}")
    length = held.weight.shape[1]
    keeps = bool(emitter.option(2, "u1")) and len(shape) > 1
    if keeps and shape[-1] != length:
        raise Malformed(f"weights of shape {held.weight.shape} do not fit the input {shape}")
    if not keeps and prod(shape) != length:
        raise Refused(f"its input {shape} holds several rows of {length} for every sample")
    if not keeps and len(shape) != 1:
        source = emitter.add(Reshape((length,)), source, grid=source.grid)
    op = Dense(held.weight, held.bias, clamp=emitter.clamp(0))
    return emitter.finish(op, source, weights=held.found)
