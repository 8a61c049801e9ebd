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

_LOW, _HIGH = -(1 << 31), (1 << 31) - 1


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
    past = np.concatenate([states[item.state].T, features])  # one row for every step
    count = len(features)
    weighed = sum(past[1 + i : 1 + i + count] * weights[:, i] for i in range(steps))
    states[item.state] = past[count:].T
    return _outputs(item, np.asarray(weighed), output)


def _features(item: Svdf, x: Activation) -> Int64Array:
    """The features ``(N, F)`` of every sample, in the type of the state."""
    sums = (x.centred.astype(np.float64) @ item.feature_weights.T.astype(np.float64)).astype(
        np.int64
    )
    scaled = multiply(sums, *item.feature_multiplier, item.rounding)
    kind = item.time_type
    return np.asarray(np.clip(scaled, kind.min, kind.max))


def _outputs(item: Svdf, weighed: Int64Array, output: QuantizedTensor) -> Activation:
    """Outputs of the weighed sums ``(N, F)`` of every feature."""
    sums = weighed.reshape(len(weighed), output.size, -1).sum(axis=-1) + item.bias
    scaled = multiply(np.clip(sums, _LOW, _HIGH), *item.output_multiplier, item.rounding)
    return finish(np.asarray(scaled) + output.zero_point, output, low=item.low, high=item.high)
