"""DepthToSpace and SpaceToDepth: blocks of pixels as channels, and back."""

from __future__ import annotations

from tinyml_studio.formats.emitter import Emitter
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.values import Tensor
from tinyml_studio.ir.ops import Reshape, Shape, Transpose


def depth_to_space(emitter: Emitter) -> Tensor:
    """``(b b C, H, W) -> (C, b H, b W)``; in the mode CRD the blocks are the inner channels."""
    tensor, (depth, height, width), block = _image(emitter)
    if depth % (block * block):
        raise Malformed(f"{depth} channels do not make blocks of {block}")
    channels = depth // (block * block)
    mode = emitter.attributes.text("mode", "DCR")
    if mode not in ("DCR", "CRD"):
        raise Malformed(f"its mode is {mode[:40]!r}")
    split = (block, block, channels) if mode == "DCR" else (channels, block, block)
    perm = (2, 3, 0, 4, 1) if mode == "DCR" else (0, 3, 1, 4, 2)
    whole = (channels, height * block, width * block)
    return _moved(emitter, tensor, (*split, height, width), perm, whole)


def space_to_depth(emitter: Emitter) -> Tensor:
    """``(C, b H, b W) -> (b b C, H, W)``."""
    tensor, (channels, height, width), block = _image(emitter)
    if height % block or width % block:
        raise Malformed(f"an image of {height} x {width} has no whole blocks of {block}")
    split = (channels, height // block, block, width // block, block)
    whole = (channels * block * block, height // block, width // block)
    return _moved(emitter, tensor, split, (2, 4, 0, 1, 3), whole)


def _image(emitter: Emitter) -> tuple[Tensor, Shape, int]:
    tensor, shape = emitter.tensor()
    block = emitter.attributes.integer("blocksize", 0)
    if len(shape) != 3 or block < 1:
        raise Malformed(f"blocks of {block} in a sample of {len(shape)} axes")
    return tensor, shape, block


def _moved(
    emitter: Emitter, tensor: Tensor, split: Shape, perm: tuple[int, ...], whole: Shape
) -> Tensor:
    parts = emitter.add(Reshape(split), tensor, suffix="blocks")
    turned = emitter.add(Transpose(perm), parts, suffix="moved")
    return emitter.add(Reshape(whole), turned)
