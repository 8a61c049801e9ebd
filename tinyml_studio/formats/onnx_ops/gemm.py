"""Gemm: a fully connected layer with its bias."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Dense


def convert(emitter: Emitter) -> Tensor:
    """``alpha * A @ B + beta * C`` with A from the network; the factors go into the weights."""
    tensor, shape = emitter.tensor()
    if emitter.attributes.flag("transA"):
        raise Refused("its input is transposed, which moves the batch")
    if len(shape) != (2 if emitter.rows else 1):
        raise Malformed(f"its input has {len(shape) + 1} axes instead of 2")
    weight = emitter.weights(1, "weight")
    if weight.ndim != 2:
        raise Malformed(f"its weight has {weight.ndim} axes instead of 2")
    turned = emitter.attributes.flag("transB")
    if not turned:
        weight = weight.T
    weight = _scaled(emitter, weight, "alpha")
    factors = (emitter.attributes.real("alpha", 1.0), emitter.attributes.real("beta", 1.0))
    emitter.keep_weights(1, channels=0 if turned else 1, bias=2, factors=factors)
    return emitter.add(Dense(weight, _bias(emitter, weight.shape[0])), tensor)


def _bias(emitter: Emitter, channels: int) -> FloatArray:
    """C broadcast to one row; zeros when the model has none."""
    array = emitter.constant(2, "bias")
    if array is None:
        return np.zeros(channels, np.float32)
    rows = array.shape[0] if array.ndim == 2 else 1
    if array.ndim > 2 or array.size not in (rows, rows * channels):
        raise Malformed(f"its bias has shape {list(array.shape)} for {channels} channels")
    if rows != 1:
        raise Refused("its bias has a row for every sample of the batch")
    row = np.broadcast_to(emitter.floats(array, "bias").reshape(-1), (channels,))
    return _scaled(emitter, row, "beta")


def _scaled(emitter: Emitter, array: FloatArray, factor: str) -> FloatArray:
    """An operand times alpha or beta."""
    with np.errstate(over="ignore"):
        scaled = array * np.float32(emitter.attributes.real(factor, 1.0))
    return np.ascontiguousarray(emitter.floats(scaled, f"weight times {factor}"))
