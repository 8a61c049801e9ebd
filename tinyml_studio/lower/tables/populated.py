"""Tables of 256 entries for functions of 8-bit values, in the float32 steps of TFLite's kernels."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.lower.tables.interpolation import RealFunction
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.program.program import QuantizedTensor


def populated_table(
    function: RealFunction, *, source: QuantizedTensor, output: QuantizedTensor
) -> IntArray:
    """As `nearest_table`, with every step rounded to float32. Source: ``LUTPopulate`` of TFLite."""
    steps = function(_reals(source)) * (np.float32(1) / np.float32(output.scale))
    wide = steps.astype(np.float64)
    return as_table(np.trunc(wide + np.copysign(0.5, wide)) + output.zero_point, output)


def truncated_table(
    function: RealFunction, *, source: QuantizedTensor, output: QuantizedTensor
) -> IntArray:
    """Steps without their fraction. Source: ``SqrtEvalQuantized`` of TFLite."""
    steps = function(_reals(source)) / np.float32(output.scale)
    return as_table(np.trunc(steps.astype(np.float64)) + output.zero_point, output)


def _reals(source: QuantizedTensor) -> FloatArray:
    return np.float32(source.scale) * centred_inputs(source).astype(np.float32)
