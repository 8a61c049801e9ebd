"""Product of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.fixed_point import multiply_by_quantized_multiplier
from tinyml_studio.kernels.accumulate import reach
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import are_narrow_planes, centred_pair
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.rescale import Rescale, Rule, fastest
from tinyml_studio.program.instructions import Mul
from tinyml_studio.program.program import QuantizedTensor


@planned
def _plan(item: Mul, inputs: Grids, output: QuantizedTensor) -> Rescale:
    a, b = inputs
    return fastest(
        Rule(
            mantissa=np.array([item.multiplier.mantissa]),
            shift=np.array([item.multiplier.shift]),
            low=item.low - output.zero_point,
            high=item.high - output.zero_point,
            bounds=np.array([reach(a) * reach(b)]),
            reduced=False,
        )
    )


def mul(item: Mul, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The product of what is left of the zero points, rescaled."""
    if are_narrow_planes(operands):
        a, b = operands
        plan = _plan(item, (a.tensor, b.tensor), output)
        return Activation(output, planes=plan(a.planes * b.planes))
    left, right = centred_pair(operands)
    scaled = multiply_by_quantized_multiplier(left * right, *item.multiplier)
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)
