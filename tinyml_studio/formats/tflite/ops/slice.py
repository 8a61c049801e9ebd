"""SLICE: a box of a tensor."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Slice


def convert_slice(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; a size of -1 means all that is left."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    full = (emitter.around.batch, *shape)
    begins, sizes = emitter.integers(1), emitter.integers(2)
    if len(begins) != len(full) or len(sizes) != len(full):
        raise Malformed(f"it cuts {len(begins)} axes of {len(full)}")
    taken = tuple(
        length - begin if size == -1 else size
        for length, begin, size in zip(full, begins, sizes, strict=True)
    )
    if (begins[0], taken[0]) != (0, full[0]):
        raise Refused("it takes part of the batch")
    for length, begin, size in zip(full, begins, taken, strict=True):
        if begin < 0 or size < 1 or begin + size > length:
            raise Malformed(f"it takes {size} values from {begin} on, and there are {length}")
    return emitter.finish(Slice(begins[1:], taken[1:], (1,) * len(shape)), source)
