"""Quantization parameters of tensors: validated, and brought to our signed integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.formats.limits import MAX_SCALE, MIN_SCALE
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import QUANTIZED, RANGES, UINT8, type_name
from tinyml_studio.formats.tflite.schema import WireQuantization, WireTensor
from tinyml_studio.ir.found import FoundGrid

SHARES_ZERO_POINT = -(1 << 15)
"""The only zero point of 16 bits but 0."""


@dataclass(frozen=True, eq=False)
class Parameters:
    """Checked parameters: `scale` and `zero_point` ``(1,)`` or one per index of `axis`."""

    scale: NDArray[np.float64]
    zero_point: NDArray[np.int64]
    axis: int


def parameters(tensor: WireTensor) -> Parameters | None:
    """The checked parameters of a tensor; None where the file states none.

    Raises
    ------
    Malformed
        If a scale is not finite, positive and normal, a zero point out of its type, the axis not
        one of the tensor's, or their numbers do not match.
    Refused
        If they are of a kind that is not supported.
    """
    found = tensor.quantization
    if found is None or tensor.kind not in QUANTIZED:
        return None
    where = f"the quantization of tensor {tensor.index} {tensor.name!r:.80}"
    if found.special:
        raise Refused(f"{where} is of a special kind")
    if found.scale.size > 1:
        _check_channels(tensor, found, where)
    scale = found.scale.astype(np.float64)
    if not (np.isfinite(scale) & (scale >= MIN_SCALE) & (scale <= MAX_SCALE)).all():
        bad = scale[~((scale >= MIN_SCALE) & (scale <= MAX_SCALE))][0]
        raise Malformed(f"{where} has the scale {bad:g}", hint="a scale is positive and normal")
    return Parameters(scale, _zero_points(tensor, found, where), found.axis)


def _check_channels(tensor: WireTensor, found: WireQuantization, where: str) -> None:
    """One scale for each index of the axis."""
    if not 0 <= found.axis < len(tensor.shape):
        raise Malformed(f"{where} is along axis {found.axis} of the shape {tensor.shape}")
    if tensor.shape[found.axis] != found.scale.size:
        raise Malformed(
            f"{where} has {found.scale.size} scales for {tensor.shape[found.axis]} channels"
        )


def _zero_points(tensor: WireTensor, found: WireQuantization, where: str) -> NDArray[np.int64]:
    """As many as there are scales, each in the range of the type."""
    points = found.zero_point.astype(np.int64)
    if points.size == 0:
        points = np.zeros(1, np.int64)
    if points.size not in (1, found.scale.size):
        raise Malformed(f"{where} has {points.size} zero points for {found.scale.size} scales")
    limits = RANGES[tensor.kind]
    if ((points < limits.low) | (points > limits.high)).any():
        bad = int(points[(points < limits.low) | (points > limits.high)][0])
        raise Malformed(f"{where} has the zero point {bad} in {type_name(tensor.kind)}")
    return np.broadcast_to(points, found.scale.shape)


def activation_grid(tensor: WireTensor, *, shares: bool = False) -> FoundGrid | None:
    """The grid of an activation in signed integers; None for real ones.

    With `shares` it may be that over [0, 1) which a softmax of 8-bit values has for 16 bits.

    Raises
    ------
    Malformed
        If the parameters are wrong.
    Refused
        If a grid is missing, has several scales, or is of a kind that no kernel computes with.
    """
    if tensor.kind not in QUANTIZED:
        return None
    found = parameters(tensor)
    stored = QUANTIZED[tensor.kind]
    if found is None:
        raise Refused(f"tensor {tensor.index} is of type {stored} and has no scale")
    if found.scale.size != 1:
        raise Refused(f"tensor {tensor.index} has several scales, and is no constant")
    zero_point = int(found.zero_point[0])
    if stored == "int16" and zero_point != 0 and not (shares and zero_point == SHARES_ZERO_POINT):
        raise Refused(f"tensor {tensor.index} has 16 bits and the zero point {zero_point}, not 0")
    if stored == "int4":
        raise Refused(f"tensor {tensor.index} is an activation of 4 bits")
    offset = 128 if tensor.kind == UINT8 else 0
    bits = 16 if stored == "int16" else 8
    return FoundGrid(bits, float(found.scale[0]), zero_point - offset, stored)


def integers_as_they_are(tensor: WireTensor) -> FoundGrid | None:
    """The grid of whole numbers for a tensor of 8 or 16 bits that states none; else None."""
    stored = QUANTIZED.get(tensor.kind, "")
    if stored in ("", "int4") or parameters(tensor) is not None:
        return None
    unsigned = tensor.kind == UINT8
    return FoundGrid(16 if stored == "int16" else 8, 1.0, -128 if unsigned else 0, stored)


def dequantized(values: NDArray[Any], found: Parameters) -> NDArray[np.float32]:
    """Real values of a constant's integers."""
    shape = [1] * values.ndim
    if found.scale.size > 1:
        shape[found.axis] = -1
    centred = values.astype(np.float64) - found.zero_point.reshape(shape)
    real: NDArray[np.float32] = (centred * found.scale.reshape(shape)).astype(np.float32)
    return real
