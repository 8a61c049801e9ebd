"""SVDF: features of the newest input, weighed with those of the steps before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.states import States
from tinyml_studio.program.instructions import Svdf
from tinyml_studio.program.program import QuantizedTensor

_HALF = 1 << 31
_MODULUS = 1 << 32


def svdf(item: Svdf, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Every sample is the first step after a reset: all older features are zero."""
    features = _features(item, operands[0])
    return _outputs(item, features * item.time_weights[:, -1].astype(np.int64), output)


def svdf_stream(
    item: Svdf, operands: Sequence[Activation], output: QuantizedTensor, states: States
) -> Activation:
    """The samples follow each other; `states` holds the state before and, at the end, after."""
    features = _features(item, operands[0])
    weights = item.time_weights.astype(np.int64)
    steps = weights.shape[1]
    held = states[item.state].T - item.state_zero_point
    past = np.concatenate([held, features])  # one row for every step
    count = len(features)
    weighed = sum(past[1 + i : 1 + i + count] * weights[:, i] for i in range(steps))
    states[item.state] = past[count:].T + item.state_zero_point
    return _outputs(item, np.asarray(weighed), output)


def _features(item: Svdf, x: Activation) -> Int64Array:
    """The features ``(N, F)`` of every sample without the zero point of the state."""
    sums = (x.centred.astype(np.float64) @ item.feature_weights.T.astype(np.float64)).astype(
        np.int64
    )
    scaled = multiply(sums, *item.feature_multiplier, item.rounding)
    return np.asarray(np.clip(scaled, *feature_limits(item)))


def feature_limits(item: Svdf) -> tuple[int, int]:
    """What a feature may be, with and without the zero point of the state."""
    kind, zero_point = item.time_type, item.state_zero_point
    return max(kind.min, kind.min - zero_point), min(kind.max, kind.max - zero_point)


def _outputs(item: Svdf, weighed: Int64Array, output: QuantizedTensor) -> Activation:
    """Outputs of the weighed sums ``(N, F)`` of every feature."""
    sums = weighed.reshape(len(weighed), output.size, -1).sum(axis=-1) + item.bias
    wrapped = (sums + _HALF) % _MODULUS - _HALF
    scaled = multiply(wrapped, *item.output_multiplier, item.rounding)
    return finish(np.asarray(scaled) + output.zero_point, output, low=item.low, high=item.high)
