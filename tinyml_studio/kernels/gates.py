"""What the kernels of LSTM and GRU share: products, sums and functions of 16 bits."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT8, INT16, Int32Array, Int64Array
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import Rounding, multiply
from tinyml_studio.kernels.logistic16 import sigmoid_of, tanh_of
from tinyml_studio.program.instructions import Gru, Lstm

Gated = Lstm | Gru

_GATE_FACTOR = 3  # of a value on a scale of 2**-12


def clamp16(values: Int64Array) -> Int64Array:
    """Values limited to 16 bits."""
    return np.asarray(np.clip(values, INT16.min, INT16.max))


def scaled(values: Int64Array, factor: Multiplier, rounding: Rounding) -> Int64Array:
    """``MBQM(values, factor)``."""
    return np.asarray(multiply(values, factor.mantissa, factor.shift, rounding))


def on_byte(values: Int64Array, zero_point: int) -> Int64Array:
    """Values counted from a zero point as int8."""
    return np.asarray(np.clip(values + zero_point, INT8.min, INT8.max))


def sigmoid(values: Int64Array, table: Int32Array) -> Int64Array:
    """Sigmoid of values on a scale of 2**-12, in steps of 2**-15."""
    return sigmoid_of(values * _GATE_FACTOR, table)


def tanh(values: Int64Array, table: Int32Array) -> Int64Array:
    """Tanh of values on a scale of 2**-12, in steps of 2**-15."""
    return clamp16(tanh_of(values * _GATE_FACTOR, table))


def from_input(item: Gated, centred: Int64Array) -> Int64Array:
    """Every gate's share of the input ``(N, T, I)`` without its zero point: ``(N, T, G, H)``."""
    sums = _products(centred, item.input_weights) + item.bias
    return _to_gates(sums, item.input_multiplier, item.input_shift, item)


def from_hidden(item: Gated, centred: Int64Array, first: int, end: int) -> Int64Array:
    """The share of h ``(N, H)`` without its zero point in the gates [first, end)."""
    sums = _products(centred, item.hidden_weights[first:end]) + item.hidden_bias[first:end]
    multiplier, shift = item.hidden_multiplier[first:end], item.hidden_shift[first:end]
    return _to_gates(sums, multiplier, shift, item)


def _products(values: Int64Array, weights: np.ndarray) -> Int64Array:
    """``(..., K)`` and ``(G, H, K)`` to ``(..., G, H)``; float64 is exact below 2**53."""
    rows = weights.reshape(-1, weights.shape[-1])
    products = values.astype(np.float64) @ rows.T.astype(np.float64)
    return products.astype(np.int64).reshape(*values.shape[:-1], *weights.shape[:2])


def _to_gates(
    sums: Int64Array, multiplier: Int32Array, shift: Int32Array, item: Gated
) -> Int64Array:
    return clamp16(multiply(sums, multiplier[:, None], shift[:, None], item.rounding))
