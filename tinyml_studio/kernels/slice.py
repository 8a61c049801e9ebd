"""Part of a tensor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.program.instructions import Slice
from tinyml_studio.program.program import QuantizedTensor


def slice_values(
    item: Slice, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """``x[start : start + step * size : step]`` on every axis."""
    (x,) = operands
    ranges = [
        _range(start, size, step)
        for start, size, step in zip(item.starts, item.sizes, item.steps, strict=True)
    ]
    return Activation(output, integers=np.ascontiguousarray(x.integers[(slice(None), *ranges)]))


def _range(start: int, size: int, step: int) -> slice:
    """A slice; one that runs backwards to the first element has no end."""
    stop = start + step * size
    return slice(start, None if stop < 0 else stop, step)
