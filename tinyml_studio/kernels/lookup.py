"""A function of one 4- or 8-bit value, as a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import Lookup
from tinyml_studio.program.program import QuantizedTensor


def lookup(item: Lookup, operands: Sequence[Activation], output: QuantizedTensor) -> Activation:
    """``table[x - type.min]``."""
    (x,) = operands
    position = x.integers.astype(np.int16) - x.tensor.type.min
    return Activation(output, integers=item.table.astype(output.type.carrier)[position])
