"""RESIZE_NEAREST_NEIGHBOR and RESIZE_BILINEAR of images."""

from __future__ import annotations

from tinyml_studio.formats.nearest import tflite_nearest
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Coordinates, Gather, ResizeBilinear, Shape


def convert_resize_nearest(emitter: Emitter) -> tuple[Tensor, ...]:
    """Rows and columns by their indices."""
    source, shape, size = _image(emitter)
    corners, half_pixel = bool(emitter.option(0, "u1")), bool(emitter.option(1, "u1"))
    rows, columns = (
        tflite_nearest(length, count, corners=corners, half_pixel=half_pixel)
        for length, count in zip(shape[:2], size, strict=True)
    )
    return emitter.finish(Gather((rows, columns, None), label="ResizeNearest"), source)


def convert_resize_bilinear(emitter: Emitter) -> tuple[Tensor, ...]:
    """One node; the sizes of operand 1 are those of the output."""
    source, _, size = _image(emitter)
    corners, half_pixel = bool(emitter.option(2, "u1")), bool(emitter.option(3, "u1"))
    if corners and half_pixel:
        raise Malformed("it aligns corners and the centers of pixels")
    coordinates = Coordinates.HALF_PIXEL if half_pixel else Coordinates.ASYMMETRIC
    op = ResizeBilinear(size, Coordinates.ALIGN_CORNERS if corners else coordinates)
    return emitter.finish(op, source)


def _image(emitter: Emitter) -> tuple[Tensor, Shape, Shape]:
    source, shape = emitter.computed()
    emitter.keep_grid()
    wanted = emitter.output_shape()
    if len(shape) != 3 or len(wanted) != 3 or min(wanted) < 1:
        raise Malformed(f"it makes {wanted} of the shape {shape}")
    return source, shape, wanted[:2]
