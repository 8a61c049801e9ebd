"""Vectors of the length 1, through the inverse of their length in fixed point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.gemmlowp import inverse_root
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import L2Normalization
from tinyml_studio.program.program import QuantizedTensor


def l2_normalization(
    item: L2Normalization, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Every value times the inverse of the length of its vector along the last axis."""
    (x,) = operands
    centred = x.centred.astype(np.int64)
    mantissas, shifts = inverse_root((centred * centred).sum(axis=-1, keepdims=True))
    lifted = centred << item.lift
    steps = multiply(lifted, mantissas, shifts + item.rise, item.rounding)
    return finish(steps + output.zero_point, output)
