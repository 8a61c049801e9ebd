"""SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND, where the pixels between them are read in place."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Identity, Pad, Pads, Shape, Slice


def convert_space_to_batch(emitter: Emitter) -> tuple[Tensor, ...]:
    """What it pads."""
    source, _, pads = _ends(emitter, "it moves pixels to the batch, which nothing moves back")
    return emitter.finish(Pad(pads) if _any(pads) else Identity(), source)


def convert_batch_to_space(emitter: Emitter) -> tuple[Tensor, ...]:
    """What it leaves."""
    source, shape, crops = _ends(emitter, "it makes pixels of samples that were none before")
    starts = tuple(front for front, _ in crops)
    sizes = tuple(size - sum(both) for size, both in zip(shape, crops, strict=True))
    cut = Slice(starts, sizes, (1,) * len(shape))
    return emitter.finish(cut if _any(crops) else Identity(), source)


def _ends(emitter: Emitter, alone: str) -> tuple[Tensor, Shape, Pads]:
    """The input, its shape, and what comes or goes in front and behind on every axis."""
    hindrance = emitter.operator.hindrance
    if hindrance is None:
        raise Refused(alone)
    if hindrance:
        raise Refused(f"its pixels stay in the batch: {hindrance}")
    source, shape = emitter.computed()
    emitter.keep_grid()
    flat = emitter.integers(2)
    pairs = tuple(zip(flat[::2], flat[1::2], strict=True))
    return source, shape, (*pairs, *((0, 0),) * (len(shape) - len(pairs)))


def _any(ends: Pads) -> bool:
    return any(more for both in ends for more in both)
