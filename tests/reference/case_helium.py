"""Random layers of the kinds that have kernels for Helium: around multiples of 16 channels."""

from __future__ import annotations

from tests.reference import case_blocks, draw
from tests.reference.case_windows import random_scaling, random_window
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.program.instructions import AveragePool2D, FullyConnected, MaxPool2D

add = case_blocks.add


def conv2d(rng: Rng) -> Parts:
    """Taps of whole vectors, and others that are gathered."""
    return case_blocks.conv2d(rng, depths=(1, 3, 5, 16, 16, 16, 32))


def depthwise_conv2d(rng: Rng) -> Parts:
    """From sixteen channels on, often with a remainder."""
    return case_blocks.depthwise_conv2d(rng, widths=(16, 17, 20, 31, 32, 45))


def fully_connected(rng: Rng) -> Parts:
    """Rows that end within a vector or with it."""
    rows, channels = draw.below(rng, 1, 3), draw.below(rng, 1, 9)
    depth = draw.pick(rng, 1, 15, 16, 17, 40, 64)
    x = draw.tensor(rng, "x", (rows, depth), draw.pick(rng, 4, 8, 8))
    y = draw.tensor(rng, "y", (rows, channels), draw.pick(rng, 4, 8, 8))
    type_ = IntType(draw.pick(rng, 1, 2, 3, 4, 8, 8))
    weights = draw.weights(rng, (channels, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights, x, y)
    low, high = draw.limits(rng, y)
    instruction = FullyConnected(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def average_pool2d(rng: Rng) -> Parts:
    """Means of windows."""
    return _pool(rng, AveragePool2D)


def max_pool2d(rng: Rng) -> Parts:
    """Maxima of windows."""
    return _pool(rng, MaxPool2D)


def _pool(rng: Rng, kind: type[MaxPool2D] | type[AveragePool2D]) -> Parts:
    window = random_window(rng, dilated=False)
    channels = draw.pick(rng, 1, 4, 7, 16, 17, 35)
    x = draw.tensor(rng, "x", window.shape(window.extent, channels), draw.pick(rng, 4, 8, 8))
    shape = window.shape(window.result, channels)
    y = draw.tensor(rng, "y", shape, x.type.bits, zero_point=x.zero_point)
    low, high = draw.limits(rng, y)
    instruction = kind(
        layer="layer", inputs=("x",), output="y", kernel=window.kernel, strides=window.strides,
        pads=window.pads, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)
