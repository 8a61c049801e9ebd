"""Straight lines between neighbouring values of an image, in float32 steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.window import image_of
from tinyml_studio.program.instructions import ResizeBilinearFloat32, Shares
from tinyml_studio.program.program import QuantizedTensor

_ORIGIN = 128
_HALF = np.float32(0.5)


def resize_bilinear_float32(
    item: ResizeBilinearFloat32, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Four products of two factors each, added from the left; the sum without its fraction."""
    (x,) = operands
    image = image_of(x).astype(np.float32) + np.float32(_ORIGIN)
    total = np.zeros(1, np.float32)
    for x_taken, x_share in _ends(item.columns, 2):
        for y_taken, y_share in _ends(item.rows, 1):
            total = total + image.take(y_taken, 1).take(x_taken, 2) * y_share * x_share
    return finish(np.trunc(total + _HALF).astype(np.int64) - _ORIGIN, output)


def _ends(ways: tuple[Shares, ...], axis: int) -> tuple[tuple[list[int], FloatArray], ...]:
    """The inputs in front and those behind, each with their shares along an axis of the image."""
    firsts, seconds, near, far = zip(*ways, strict=True)
    shape = [-1 if index == axis else 1 for index in range(4)]
    return tuple(
        (list(taken), np.array(share, np.float32).reshape(shape))
        for taken, share in ((firsts, near), (seconds, far))
    )
