"""PRELU with constant slopes."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import PRelu

_SLOPE_BITS = 8


def convert_prelu(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    source, shape = emitter.computed(0)
    emitter.constant(1)
    slope, own = emitter.tensor(1)
    if slope.grid is not None and slope.grid.bits != _SLOPE_BITS:
        raise Refused(f"its slopes have {slope.grid.bits} bits, and the kernels read them as 8")
    if len(own) > len(shape):
        raise Refused("its slopes have more axes than its input")
    return emitter.finish(PRelu(), source, slope)
