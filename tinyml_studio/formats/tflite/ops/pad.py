"""PAD with zero, and PADV2 with a value of the file."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Pad


def convert_pad(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    flat = emitter.integers(1)
    pads = tuple(zip(flat[::2], flat[1::2], strict=False))
    if len(flat) % 2 or len(pads) != len(shape) + 1 or min(flat) < 0:
        raise Malformed(f"its padding is {flat} for {len(shape) + 1} axes")
    if pads[0] != (0, 0):
        raise Refused("it pads the batch")
    value = 0.0
    if emitter.operator.kind == "PADV2":
        values = emitter.real(2)
        if values.size != 1:
            raise Malformed(f"it pads with {values.size} values")
        value = float(values.reshape(()))
    return emitter.finish(Pad(pads[1:], value), source)
