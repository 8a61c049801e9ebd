"""Axes in another order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import Transpose
from tinyml_studio.program.program import QuantizedTensor


def transpose(
    item: Transpose, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """As `numpy.transpose`, sample by sample."""
    (x,) = operands
    perm = (0, *(axis + 1 for axis in item.perm))
    return Activation(output, integers=np.ascontiguousarray(x.integers.transpose(perm)))
