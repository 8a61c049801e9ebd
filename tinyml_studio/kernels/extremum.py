"""The larger or the smaller of two values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.broadcast import common_rank, with_rank
from tinyml_studio.program.instructions import Extremum
from tinyml_studio.program.program import QuantizedTensor


def extremum(item: Extremum, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """Value by value; all tensors lie on one grid."""
    rank = common_rank(operands)
    first, second = (with_rank(operand.integers, rank) for operand in operands)
    chosen = np.maximum(first, second) if item.largest else np.minimum(first, second)
    return Activation(output, integers=chosen.reshape(-1, *output.shape))
