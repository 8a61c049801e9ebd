"""Product over axes of the sample, rescaled after every factor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.fixed_point import INT32_MAX, multiply_by_reduced_multiplier
from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import Prod
from tinyml_studio.program.program import QuantizedTensor


def prod(item: Prod, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """One factor after the other, the last axis fastest."""
    (x,) = operands
    rank = len(x.tensor.shape)
    over = [axis + 1 for axis in item.axes]
    kept = [axis for axis in range(rank + 1) if axis not in over]
    centred = x.centred.astype(np.int64).transpose(*kept, *over)
    factors = centred.reshape(len(centred), output.size, -1)
    result = factors[..., 0]
    for index in range(1, factors.shape[-1]):
        result = _rescaled(item, result * factors[..., index])
    scaled = _rescaled(item, result)
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)


def _rescaled(item: Prod, product: Int64Array) -> Int64Array:
    """A product on the scale that the next factor takes, within 32 bits."""
    scaled = multiply_by_reduced_multiplier(product, *item.multiplier)
    return np.clip(scaled, -INT32_MAX - 1, INT32_MAX)
