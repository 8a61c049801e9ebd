"""Maximum over windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.window import PoolWindow, image_of
from tinyml_studio.program.instructions import MaxPool2D
from tinyml_studio.program.program import QuantizedTensor


def max_pool2d(
    item: MaxPool2D, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Padding has the smallest value of the type, so that it never wins."""
    (x,) = operands
    largest = PoolWindow.of(item, output).reduce(image_of(x), x.tensor.type.min, np.maximum)
    limited = np.clip(largest, item.low, item.high)
    return Activation(output, integers=limited.reshape(-1, *output.shape))
