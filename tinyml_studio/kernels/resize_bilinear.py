"""Straight lines between neighbouring values of an image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.arith.rounding import drop_bits
from tinyml_studio.kernels.activation import Activation
from tinyml_studio.kernels.finish import finish
from tinyml_studio.kernels.window import image_of
from tinyml_studio.program.instructions import Between, ResizeBilinear
from tinyml_studio.program.program import QuantizedTensor


def resize_bilinear(
    item: ResizeBilinear, operands: Sequence[Activation], output: QuantizedTensor
) -> Activation:
    """Exact sums in int64, rows first; one rounding at the end."""
    (x,) = operands
    image = image_of(x).astype(np.int64)
    total = _along(_along(image, item.rows, 1, item.bits), item.columns, 2, item.bits)
    return finish(drop_bits(total, 2 * item.bits, item.rounding), output)


def _along(values: Int64Array, ways: tuple[Between, ...], axis: int, bits: int) -> Int64Array:
    """``2**bits`` times the values between two neighbours on an axis."""
    first, second, part = np.array(ways, np.int64).T
    shape = [1] * values.ndim
    shape[axis] = -1
    share = part.reshape(shape)
    rest = (1 << bits) - share
    return np.asarray(values.take(first, axis) * rest + values.take(second, axis) * share)
