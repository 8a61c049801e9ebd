"""Sum and difference of two tensors."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import are_narrow_planes, common_rank
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.pairwise import pair_plan
from tinyml_studio.kernels.wide_sums import wide_plan
from tinyml_studio.program.instructions import Add
from tinyml_studio.program.program import QuantizedTensor


def add(item: Add, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Both operands on one fine grid, then their sum on the output's."""
    a, b = operands
    grids = (a.tensor, b.tensor)
    if are_narrow_planes(operands):
        planes = pair_plan(item, grids, output)(a.planes, b.planes)
        return Activation(output, planes=planes)
    sums = wide_plan(item, grids, output)(operands, common_rank(operands))
    return finish(sums.astype("int64") + output.zero_point, output)
