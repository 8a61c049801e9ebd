"""Product of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.accumulate import reach
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import are_narrow_planes, common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.rescale import Rescale, fastest
from tinyml_studio.kernels.rescale_rule import Rule
from tinyml_studio.program.instructions import Mul
from tinyml_studio.program.program import QuantizedTensor


@planned
def _plan(item: Mul, inputs: Grids, output: QuantizedTensor) -> Rescale:
    a, b = inputs
    worst = reach(a) * reach(b)
    return fastest(Rule.of_tensor(item, item.multiplier, worst, output))


def mul(item: Mul, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The product of what is left of the zero points, rescaled."""
    a, b = operands
    rescale = _plan(item, (a.tensor, b.tensor), output)
    if are_narrow_planes(operands):
        return Activation(output, planes=rescale(a.planes * b.planes))
    left, right = (with_rank(operand.centred, common_rank(operands)) for operand in operands)
    product = (left * right).astype(np.float64)
    # the rescaling takes channels second; there is one factor for all
    scaled = rescale(product.reshape(len(product), 1, -1))
    return finish(scaled.astype(np.int64) + output.zero_point, output)
