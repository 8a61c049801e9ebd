"""Positions by their indices."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import Gather
from tinyml_studio.program.program import QuantizedTensor


def gather(item: Gather, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """One axis after the other."""
    (x,) = operands
    values = x.integers
    for axis, taken in enumerate(item.indices):
        if taken is not None:
            values = values.take(taken, axis=axis + 1)
    return Activation(output, integers=np.ascontiguousarray(values))
