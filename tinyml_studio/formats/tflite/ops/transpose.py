"""TRANSPOSE of a sample's axes."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Transpose


def convert_transpose(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the batch stays in front."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    perm = emitter.integers(1)
    if sorted(perm) != list(range(len(shape) + 1)):
        raise Malformed(f"its order of the axes is {perm}")
    if perm[0] != 0:
        raise Refused("it moves the batch")
    return emitter.finish(Transpose(tuple(axis - 1 for axis in perm[1:])), source)
