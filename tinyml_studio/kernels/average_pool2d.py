"""Mean over windows, padding not counted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.rounding import divide
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.window import PoolWindow, image_of
from tinyml_studio.program.instructions import AveragePool2D
from tinyml_studio.program.program import QuantizedTensor


def average_pool2d(
    item: AveragePool2D, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """The rounded mean of the integers themselves."""
    (x,) = operands
    window = PoolWindow.of(item, output)
    image = image_of(x)
    total = window.reduce(image.astype(np.int64), 0, np.add)
    count = window.reduce(np.ones((1, *image.shape[1:3], 1), np.int64), 0, np.add)
    return finish(divide(total, count, item.rounding), output, low=item.low, high=item.high)
