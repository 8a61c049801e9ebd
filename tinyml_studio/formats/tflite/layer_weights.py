"""Weights and biases of convolutions and fully connected layers, as floats and as the file's."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, width_of
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import (
    FLOATS,
    INT4,
    INT16,
    INT32,
    INT64,
    QUANTIZED,
    decode,
    type_name,
)
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.quantization import parameters
from tinyml_studio.formats.tflite.schema import WireTensor
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.found import FoundGrid, FoundWeights


@dataclass(frozen=True, eq=False)
class LayerWeights:
    """Weights in the file's shape, bias ``(O,)``, and what the file states about them."""

    weight: FloatArray
    bias: FloatArray
    found: FoundWeights | None


def layer_weights(
    emitter: Emitter, source: Tensor, *, channels: int, operands: tuple[int, int] = (1, 2)
) -> LayerWeights:
    """Weights and bias, the `operands` of an operator.

    `channels` is the axis of the output channels.

    Raises
    ------
    Malformed
        If numbers of channels, data or parameters do not fit together.
    Refused
        If the weights are computed, or no kernel computes with their type.
    """
    wire = emitter.constant(operands[0])
    if len(wire.shape) <= channels:
        raise Malformed(f"its weights have the shape {wire.shape}")
    weight, found = _weights(wire, channels)
    count = wire.shape[channels]
    if not emitter.has(operands[1]):
        empty = None if found is None or source.grid is None else np.zeros(count, np.int64)
        kept = None if found is None else replace(found, bias=empty)
        return LayerWeights(weight, np.zeros(count, np.float32), kept)
    bias = emitter.constant(operands[1])
    if bias.shape != (count,):
        raise Malformed(f"its bias has the shape {bias.shape} for {count} channels")
    if bias.kind in FLOATS:
        return LayerWeights(weight, decode(bias).astype(np.float32), found)
    return _with_integer_bias(weight, bias, found, source.grid)


def _weights(wire: WireTensor, channels: int) -> tuple[FloatArray, FoundWeights | None]:
    values = decode(wire)
    if wire.kind in FLOATS:
        return values.astype(np.float32), None
    found = parameters(wire)
    if found is None or wire.kind == INT16:
        raise Refused(f"weights of type {type_name(wire.kind)} without a scale are not supported")
    if found.scale.size > 1 and found.axis != channels:
        raise Refused(f"the scales of its weights are along axis {found.axis}, not {channels}")
    shape = [1] * values.ndim
    shape[channels] = -1
    centred = values.astype(np.int16) - found.zero_point.astype(np.int16).reshape(shape)
    real = (centred * found.scale.reshape(shape)).astype(np.float32)
    bits = 4 if wire.kind == INT4 else 8
    return real, FoundWeights(
        bits,
        found.scale,
        width=max(bits, width_of(centred)),
        zero_point=found.zero_point if found.zero_point.any() else None,
        stored=QUANTIZED[wire.kind],
    )


def _with_integer_bias(
    weight: FloatArray, wire: WireTensor, found: FoundWeights | None, grid: FoundGrid | None
) -> LayerWeights:
    """The bias lies on input scale times weight scale, whatever scale of its own it states."""
    if found is None or grid is None:
        raise Refused("its bias is an integer, and its weights or its input are not")
    wide = grid.bits == 16
    if wire.kind != INT32 and not (wide and wire.kind == INT64):
        raise Refused(f"a bias of type {type_name(wire.kind)} is not supported with its input")
    _check_bias_scales(wire)
    integers = decode(wire).astype(np.int64)
    real = integers * (grid.scale * np.broadcast_to(found.scale, integers.shape))
    narrow = wide and wire.kind == INT32
    return LayerWeights(
        weight, real.astype(np.float32), replace(found, bias=integers, narrow=narrow)
    )


def _check_bias_scales(wire: WireTensor) -> None:
    """What the file states about the bias must at least be possible."""
    stated = wire.quantization
    if stated is None or stated.special:
        return
    if stated.scale.size not in (1, *wire.shape):
        raise Malformed(f"its bias has {stated.scale.size} scales for {wire.shape[0]} channels")
    if not (np.isfinite(stated.scale) & (stated.scale > 0)).all():
        raise Malformed("a scale of its bias is not finite and positive")
    if stated.zero_point.any():
        raise Malformed("its bias has a zero point that is not 0")
