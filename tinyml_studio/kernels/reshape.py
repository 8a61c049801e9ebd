"""The same integers in another shape."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import Reshape
from tinyml_studio.program.program import QuantizedTensor


def reshape(item: Reshape, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The input's integers, in the output's shape."""
    (x,) = operands
    return Activation(output, integers=x.integers.reshape(-1, *output.shape))
