"""Constant padding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import Pad
from tinyml_studio.program.program import QuantizedTensor


def pad(item: Pad, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """The value around the input, on every axis."""
    (x,) = operands
    padded = np.pad(x.integers, ((0, 0), *item.pads), constant_values=item.value)
    return Activation(output, integers=padded)
