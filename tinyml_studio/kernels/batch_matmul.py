"""Products of two computed matrices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.kernels.accumulate import EXACT_FLOAT32, reach
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.rescale import Rescale, fastest
from tinyml_studio.kernels.rescale_rule import Rule
from tinyml_studio.program.instructions import BatchMatMul
from tinyml_studio.program.program import QuantizedTensor


@planned
def _plan(item: BatchMatMul, inputs: Grids, output: QuantizedTensor) -> tuple[DTypeLike, Rescale]:
    """In which float type the sums are exact, and their rescaling."""
    a, b = inputs
    # below 2**48, as lowering has checked, so float64 holds every sum
    worst = a.shape[-2 if item.adj_x else -1] * reach(a) * reach(b)
    rule = Rule(
        mantissa=np.array([item.multiplier.mantissa]),
        shift=np.array([item.multiplier.shift]),
        low=item.low - output.zero_point,
        high=item.high - output.zero_point,
        bounds=np.array([worst]),
        reduced=a.type == INT16,
        rounding=item.rounding,
    )
    return np.float32 if worst < EXACT_FLOAT32 else np.float64, fastest(rule)


def batch_matmul(
    item: BatchMatMul, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Exact sums of the centred products, then the output's grid."""
    a, b = operands
    dtype, rescale = _plan(item, (a.tensor, b.tensor), output)
    rank = common_rank(operands)
    left, right = (with_rank(operand.centred, rank).astype(dtype) for operand in operands)
    left = left.swapaxes(-1, -2) if item.adj_x else left
    right = right.swapaxes(-1, -2) if item.adj_y else right
    total = np.matmul(left, right)
    # the rescaling takes channels second; there is one factor for all
    scaled = rescale(total.reshape(len(total), 1, -1))
    return finish(scaled.astype(np.int64) + output.zero_point, output)
