"""Random layers with 16-bit inputs; most fit 32-bit accumulators."""

from __future__ import annotations

from tests.reference import draw
from tests.reference.case_windows import random_scaling, random_window
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D, FullyConnected


def conv2d(rng: Rng) -> Parts:
    """Channels in fours or eights, and others whose windows are gathered."""
    window = random_window(rng, dilated=True)
    depth, channels = draw.pick(rng, 1, 2, 3, 4, 8, 12, 16), draw.below(rng, 1, 9)
    x = draw.tensor(rng, "x", window.shape(window.extent, depth), 16)
    y = draw.tensor(rng, "y", window.shape(window.result, channels), draw.activation_bits(rng))
    type_ = IntType(draw.pick(rng, *range(1, 9), 4, 8))
    weights = draw.weights(rng, (channels, *window.kernel, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights.reshape(channels, -1), x, y)
    low, high = draw.limits(rng, y)
    instruction = Conv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=window.strides, pads=window.pads, dilations=window.dilations, groups=1,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def depthwise_conv2d(rng: Rng) -> Parts:
    """A multiple of four channels, weights of any width."""
    window = random_window(rng, dilated=True)
    channels = draw.pick(rng, 4, 8, 12)
    x = draw.tensor(rng, "x", window.shape(window.extent, channels), 16)
    y = draw.tensor(rng, "y", window.shape(window.result, channels), draw.activation_bits(rng))
    type_ = IntType(draw.pick(rng, *range(1, 9), 4, 8))
    weights = draw.weights(rng, (*window.kernel, channels), type_)
    bias, multiplier, shift = random_scaling(rng, weights.reshape(-1, channels).T, x, y)
    low, high = draw.limits(rng, y)
    instruction = DepthwiseConv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=window.strides, pads=window.pads, dilations=window.dilations,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def fully_connected(rng: Rng) -> Parts:
    """Rows of any length."""
    rows, channels = draw.below(rng, 1, 3), draw.below(rng, 1, 9)
    depth = draw.pick(rng, 1, 7, 12, 16, 40)
    x = draw.tensor(rng, "x", (rows, depth), 16)
    y = draw.tensor(rng, "y", (rows, channels), draw.activation_bits(rng))
    type_ = IntType(draw.pick(rng, 2, 4, 5, 8, 8))
    weights = draw.weights(rng, (channels, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights, x, y)
    low, high = draw.limits(rng, y)
    instruction = FullyConnected(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)
