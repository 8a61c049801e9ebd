"""Convolutions with strides between moves of pixels to the batch and back."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.schema import Blocks
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.found import FoundWeights
from tinyml_studio.ir.ops import Conv, Gather, Shape


def finish_convolution(
    emitter: Emitter, op: Conv, source: Tensor, found: FoundWeights | None
) -> tuple[Tensor, ...]:
    """One node; where the pixels were a stride takes whole runs, of which a Gather knows.

    There, the convolution is one without strides, some positions of which are taken.
    """
    blocks = emitter.operator.blocks
    if blocks is None or blocks.strides == (1, 1):
        return emitter.finish(op, source, weights=found)
    every = replace(op, strides=(1, 1))
    made = emitter.add(every, source, grid=emitter.grid(), weights=found)
    rows, columns = _taken(blocks, made.shape or ())
    return emitter.finish(Gather((rows, columns, None)), made)


def _taken(blocks: Blocks, shape: Shape) -> tuple[Shape, ...]:
    """The positions of rows and columns of a `shape` without strides that the strides leave."""
    return tuple(
        tuple(at for at in range(length) if at // part % stride == 0)
        for length, part, stride in zip(shape[:2], blocks.parts, blocks.strides, strict=True)
    )
