"""Softmax with float32 exponentials from tables."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import SoftmaxFloat32
from tinyml_studio.program.program import QuantizedTensor


def softmax_float32(
    item: SoftmaxFloat32, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Every exponential as a share of their sum, which grows from the first to the last."""
    (x,) = operands
    values = x.integers.astype(np.int64)
    whole, rest = np.divmod(values.max(axis=-1, keepdims=True) - values, len(item.fine))
    exps = item.coarse[whole] * item.fine[rest]
    total = np.add.accumulate(exps, axis=-1)[..., -1:]
    # products of two float32 values are exact in float64, and their quotients reach no false tie
    steps = np.rint(exps.astype(np.float64) * item.steps / total)
    return finish(steps.astype(np.int64) + output.zero_point, output)
