"""DIV of two tensors, broadcast; of real numbers by a constant it is a product with one."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.element_types import FLOATS, QUANTIZED
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Known, Tensor
from tinyml_studio.ir.ops import Div, Mul


def convert_div(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    if emitter.wire(0).kind not in (*FLOATS, *QUANTIZED):
        raise Refused("a quotient of whole numbers is rounded towards zero")
    clamp = emitter.clamp(0)
    if isinstance(emitter.around.lookup(emitter.wire(1).index), Known):
        with np.errstate(divide="ignore", over="ignore"):
            factor = np.asarray(np.reciprocal(emitter.real(1)))
        if not np.isfinite(factor).all():
            raise Malformed("it divides by zero")
        if emitter.wire(1).kind in FLOATS:
            source, _ = emitter.computed(0)
            factor = factor[0] if factor.ndim > 1 and len(factor) == 1 else factor
            return emitter.finish(Mul(clamp=clamp), source, emitter.hold(factor, source))
    return emitter.finish(Div(clamp=clamp), emitter.tensor(0)[0], emitter.tensor(1)[0])
