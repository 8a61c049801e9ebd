"""What the pools share."""

from __future__ import annotations

from dataclasses import dataclass

from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.formats.tflite.windows import check_windows, window_pads
from tinyml_studio.ir.ops import Pads, Shape


@dataclass(frozen=True)
class PoolWindows:
    """Windows over height and width."""

    kernel: Shape
    strides: Shape
    pads: Pads


def pool_windows(emitter: Emitter) -> tuple[Tensor, PoolWindows]:
    """The operand and the windows of a pool, which must keep the grid of its input."""
    source, shape = emitter.computed()
    if len(shape) != 3:
        raise Malformed(f"its input has the shape {shape}, and a pool takes height and width")
    emitter.keep_grid()
    strides = (emitter.option(2, "<i4"), emitter.option(1, "<i4"))
    kernel = (emitter.option(4, "<i4"), emitter.option(3, "<i4"))
    check_windows(kernel=kernel, strides=strides)
    pads = window_pads(emitter.option(0, "i1"), shape[:2], kernel, strides, (1, 1))
    return source, PoolWindows(kernel, strides, pads)
