"""Tables of functions in float32: dequantize, the function, quantize.

Source: ``QlinearBuildLookupTable`` of ONNX Runtime, whose QLinear functions of one value look up
such tables; where it has none, these are the values of its unfused operators.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.lower.tables.nearest import as_table, centred_inputs
from tinyml_studio.program.program import QuantizedTensor


def float32_table(
    function: Callable[[FloatArray], FloatArray],
    *,
    source: QuantizedTensor,
    output: QuantizedTensor,
    limits: tuple[int, int] | None = None,
) -> IntArray:
    """``2**bits`` entries in the output's carrier type, to nearest with ties to even."""
    low, high = limits or (output.type.min, output.type.max)
    reals = centred_inputs(source).astype(np.float32) * np.float32(source.scale)
    steps = function(reals) / np.float32(output.scale)
    nearest = np.rint(steps.astype(np.float64)) + output.zero_point
    return as_table(np.clip(nearest, low, high), output)
