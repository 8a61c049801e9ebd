"""LEAKY_RELU."""

from __future__ import annotations

import math

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import LeakyRelu


def convert_leaky_relu(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    options = emitter.operator.options
    alpha = 0.0 if options is None else options.real(0)
    if not math.isfinite(alpha):
        raise Malformed(f"its slope is {alpha}")
    return emitter.finish(LeakyRelu(alpha), emitter.computed()[0])
