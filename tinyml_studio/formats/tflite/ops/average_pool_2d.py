"""AVERAGE_POOL_2D."""

from __future__ import annotations

from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.pooling import pool_windows
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import AveragePool


def convert_average_pool_2d(emitter: Emitter) -> tuple[Tensor, ...]:
    """Padding never counts, and the output keeps the grid of the input."""
    source, windows = pool_windows(emitter)
    op = AveragePool(windows.kernel, windows.strides, windows.pads, clamp=emitter.clamp(5))
    return emitter.finish(op, source)
