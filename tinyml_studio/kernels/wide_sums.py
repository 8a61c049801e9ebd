"""Sums with a 16-bit operand or output: both operands rescaled by tables, the sum in float64."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import with_rank
from tinyml_studio.kernels.plan_cache import Grids, planned
from tinyml_studio.kernels.rescale import Rescale, fastest
from tinyml_studio.kernels.rescale_rule import Rule
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import QuantizedTensor


@dataclass(frozen=True, eq=False)
class WideSum:
    """Both operands' values on the fine grid, by ``q - type.min``, and what makes outputs of sums.

    The second table has the sign of a subtraction already.
    """

    tables: tuple[NDArray[np.float64], NDArray[np.float64]]
    rescale: Rescale

    def __call__(self, operands: Sequence[Activation], rank: int) -> FloatArray:
        """Sums ``(N, ...)`` counted from the output's zero point."""
        a, b = (
            with_rank(table[x.integers.astype(np.intp) - x.tensor.type.min], rank)
            for table, x in zip(self.tables, operands, strict=True)
        )
        total = a + b
        # the rescaling takes channels second; there is one factor for all
        return self.rescale(total.reshape(len(total), 1, -1)).reshape(total.shape)


@planned
def wide_plan(item: Add, inputs: Grids, output: QuantizedTensor) -> WideSum:
    """The tables and the rescaling of one instruction."""
    table_a = _fine(item, inputs[0], item.multiplier_a)
    table_b = _fine(item, inputs[1], item.multiplier_b)
    worst = int(np.abs(table_a).max() + np.abs(table_b).max())
    rule = Rule.of_tensor(item, item.multiplier_out, worst, output)
    return WideSum((table_a, -table_b if item.subtract else table_b), fastest(rule))


def _fine(item: Add, x: QuantizedTensor, multiplier: Multiplier) -> NDArray[np.float64]:
    """All values of the type on the fine grid."""
    centred = np.arange(x.type.min, x.type.max + 1) - x.zero_point
    fine = multiply(centred << item.left_shift, *multiplier, item.rounding)
    return fine.astype(np.float64)
