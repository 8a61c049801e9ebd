"""NEG of real numbers: a product with -1."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Mul


def convert_neg(emitter: Emitter) -> tuple[Tensor, ...]:
    """Multiplication by -1."""
    source, _ = emitter.computed()
    if source.grid is not None:
        raise Refused(
            "TFLite-Micro negates real numbers alone, and LiteRT the stored integers whatever "
            "their scale and zero point are"
        )
    return emitter.finish(Mul(), source, emitter.hold(np.array(-1, np.float32), source))
