"""Values less their mean, over their deviation: what layer and instance norms share."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Add, Function, Mean, Mul, Sub


def normalized(emitter: Emitter, tensor: Tensor, axes: tuple[int, ...]) -> Tensor:
    """``(x - mean) / sqrt(mean of squares + epsilon)`` over some axes of the sample."""
    epsilon = np.array(emitter.attributes.real("epsilon", 1e-5), np.float32)
    mean = emitter.add(Mean(axes), tensor, suffix="mean")
    centred = emitter.add(Sub(), tensor, mean, suffix="centred")
    squares = emitter.add(Mul(), centred, centred, suffix="squares")
    variance = emitter.add(Mean(axes), squares, suffix="variance")
    raised = emitter.add(Add(), variance, emitter.hold(epsilon, "epsilon"), suffix="raised")
    factor = emitter.add(Function("Rsqrt"), raised, suffix="factor")
    return emitter.add(Mul(), centred, factor, suffix="normal")
