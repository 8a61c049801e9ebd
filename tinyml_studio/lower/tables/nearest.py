"""Tables over all 4- or 8-bit inputs: the nearest output of the real function."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import Int64Array, IntArray
from tinyml_studio.program.program import QuantizedTensor

RealArray = NDArray[np.float64]


def nearest_table(
    function: Callable[[RealArray], RealArray],
    *,
    source: QuantizedTensor,
    output: QuantizedTensor,
) -> IntArray:
    """``2**bits`` entries in the output's carrier type, ties away from zero, in float64."""
    reals = centred_inputs(source).astype(np.float64) * source.scale
    steps = function(reals) / output.scale
    rounded = np.trunc(steps + np.copysign(0.5, steps)) + output.zero_point
    return as_table(rounded, output)


def centred_inputs(source: QuantizedTensor) -> Int64Array:
    """``x - zero_point`` for every value of the input's type, ascending."""
    values = np.arange(source.type.min, source.type.max + 1, dtype=np.int64)
    return np.asarray(values - source.zero_point)


def as_table(values: NDArray[np.number], output: QuantizedTensor) -> IntArray:
    """Values limited to the output's type, in its carrier."""
    limited = np.clip(values, output.type.min, output.type.max)
    return np.asarray(limited.astype(output.type.carrier))
