"""Tensors joined along an axis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import Concat
from tinyml_studio.program.program import QuantizedTensor


def concat(item: Concat, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """All operands along the axis; a constant is repeated for every sample."""
    count = max(len(operand.integers) for operand in operands)
    parts = [
        np.broadcast_to(operand.integers, (count, *operand.tensor.shape)) for operand in operands
    ]
    return Activation(output, integers=np.concatenate(parts, axis=item.axis + 1))
