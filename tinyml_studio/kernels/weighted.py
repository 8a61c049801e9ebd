"""What convolutions and fully connected layers share: accumulators, then the output's grid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import INT16, FloatArray, Int64Array
from tinyml_studio.kernels.accumulate import Accumulators
from tinyml_studio.kernels.rescale import Rescale, fastest
from tinyml_studio.kernels.rescale_rule import Rule
from tinyml_studio.program.instructions import (
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    TransposeConv2D,
)
from tinyml_studio.program.program import QuantizedTensor


@dataclass(frozen=True, eq=False)
class WeightedPlan:
    """Both steps of one layer, ready to run."""

    accumulate: Callable[[NDArray[Any]], Accumulators]
    rescale: Rescale

    def __call__(self, centred: NDArray[Any]) -> FloatArray:
        """Centred inputs to outputs counted from their zero point, channels second."""
        return self.rescale(self.accumulate(centred))


def rescaling(
    item: Conv2D | DepthwiseConv2D | TransposeConv2D | FullyConnected,
    bounds: Int64Array,
    x: QuantizedTensor,
    output: QuantizedTensor,
) -> Rescale:
    """The rescaling of a layer with these accumulator bounds."""
    return fastest(
        Rule(
            mantissa=item.multiplier.astype(np.int64),
            shift=item.shift.astype(np.int64),
            low=item.low - output.zero_point,
            high=item.high - output.zero_point,
            bounds=bounds,
            reduced=x.type == INT16 and not item.narrow,
            rounding=item.rounding,
        )
    )
