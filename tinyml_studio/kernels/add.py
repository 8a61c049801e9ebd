"""Sum and difference of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import are_narrow_planes, centred_pair
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.pairwise import pair_plan
from tinyml_studio.kernels.sums import limited_sums
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import QuantizedTensor


def add(item: Add, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Both operands on one fine grid, then their sum on the output's."""
    if are_narrow_planes(operands):
        a, b = operands
        plan = pair_plan(item, (a.tensor, b.tensor), output)
        return Activation(output, planes=plan(a.planes, b.planes))
    total = limited_sums(item, *centred_pair(operands), output)
    return finish(total + output.zero_point, output)
