"""16-bit values on another grid by float32 values."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.kernels.tabulated import tabulated
from tinyml_studio.program.instructions import RequantizeFloat32
from tinyml_studio.program.program import QuantizedTensor


@tabulated
def requantize_float32(
    item: RequantizeFloat32, values: Int64Array, x: QuantizedTensor, output: QuantizedTensor
) -> Int64Array:
    """Dequantize, scale what is negative by the slope, quantize."""
    reals = (values - x.zero_point).astype(np.float32) * np.float32(item.scale)
    sloped = np.where(reals < 0, reals * np.float32(item.slope), reals)
    steps = np.rint((sloped / np.float32(item.out_scale)).astype(np.float64))
    return np.asarray(np.clip(steps + output.zero_point, item.low, item.high).astype(np.int64))
