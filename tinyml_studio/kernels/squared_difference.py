"""Square of the difference of two rescaled operands."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.arith.rounding import multiply
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import common_rank, with_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.program.instructions import SquaredDifference
from tinyml_studio.program.program import QuantizedTensor


def squared_difference(
    item: SquaredDifference, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Both operands on one scale, what they differ by, its square on the output's."""
    factors = (item.multiplier_a, item.multiplier_b)
    a, b = (
        multiply(
            with_rank(operand.centred, common_rank(operands)) << item.left_shift,
            *factor,
            item.rounding,
        )
        for operand, factor in zip(operands, factors, strict=True)
    )
    scaled = multiply((a - b) ** 2, *item.multiplier_out, item.rounding)
    return finish(scaled + output.zero_point, output, low=item.low, high=item.high)
