"""The last step of an integer kernel: the output's grid, its limits, its carrier."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.program import QuantizedTensor


def finish(
    values: Int64Array, output: QuantizedTensor, *, low: int | None = None, high: int | None = None
) -> Activation:
    """``clamp(values, low, high)`` as an activation; the limits default to those of the type.

    `values` count in the integers of the output, its zero point included, and have N samples in
    any shape of the right size.
    """
    limits = (output.type.min if low is None else low, output.type.max if high is None else high)
    clipped = np.clip(values, *limits).astype(output.type.carrier)
    return Activation(output, integers=clipped.reshape(len(values), *output.shape))
