"""DEPTH_TO_SPACE and SPACE_TO_DEPTH: blocks of pixels as channels, and back."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Reshape, Shape, Transpose


def convert_depth_to_space(emitter: Emitter) -> tuple[Tensor, ...]:
    """``(H, W, b b C) -> (b H, b W, C)``."""
    source, (height, width, depth), block = _image(emitter)
    if depth % (block * block):
        raise Malformed(f"{depth} channels do not make blocks of {block}")
    split = (height, width, block, block, depth // (block * block))
    return _moved(emitter, source, split, (0, 2, 1, 3, 4))


def convert_space_to_depth(emitter: Emitter) -> tuple[Tensor, ...]:
    """``(b H, b W, C) -> (H, W, b b C)``."""
    source, (height, width, depth), block = _image(emitter)
    if height % block or width % block:
        raise Malformed(f"an image of {height} x {width} has no whole blocks of {block}")
    split = (height // block, block, width // block, block, depth)
    return _moved(emitter, source, split, (0, 2, 1, 3, 4))


def _image(emitter: Emitter) -> tuple[Tensor, Shape, int]:
    source, shape = emitter.computed()
    emitter.keep_grid()
    block = emitter.option(0, "<i4")
    if len(shape) != 3 or block < 1:
        raise Malformed(f"blocks of {block} in the shape {shape}")
    return source, shape, block


def _moved(
    emitter: Emitter, source: Tensor, split: Shape, perm: tuple[int, ...]
) -> tuple[Tensor, ...]:
    parts = emitter.add(Reshape(split), source, grid=source.grid)
    turned = emitter.add(Transpose(perm), parts, grid=source.grid)
    return emitter.finish(Reshape(emitter.output_shape()), turned)
