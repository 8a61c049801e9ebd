"""Indices of the largest or the smallest values."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import ArgMax
from tinyml_studio.program.program import QuantizedTensor


def arg_max(item: ArgMax, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The first of equal values."""
    (x,) = operands
    find = x.integers.argmin if item.smallest else x.integers.argmax
    found = find(axis=item.axis + 1).astype(output.type.carrier)
    return Activation(output, integers=found.reshape(-1, *output.shape))
