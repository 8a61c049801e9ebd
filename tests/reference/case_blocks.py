"""Random layers of the kinds that have kernels for blocks of four values."""

from __future__ import annotations

import numpy as np

from tests.reference import draw
from tests.reference.case_windows import Window, random_scaling, random_window
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.program.instructions import Add, Conv2D, DepthwiseConv2D, FullyConnected
from tinyml_studio.program.program import QuantizedTensor


def conv2d(rng: Rng, *, depths: tuple[int, ...] = (1, 3, 4, 4, 8, 12, 20)) -> Parts:
    """One group, weights of 4 or 8 bits, often a multiple of four channels."""
    window = random_window(rng, dilated=True)
    return _conv2d(rng, window, draw.pick(rng, *depths))


def _conv2d(rng: Rng, window: Window, depth: int) -> Parts:
    channels = draw.below(rng, 1, 9)
    x, y = _tensors(rng, window, depth, channels)
    type_ = IntType(draw.pick(rng, 4, 8, 8))
    weights = draw.weights(rng, (channels, *window.kernel, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights.reshape(channels, -1), x, y)
    low, high = draw.limits(rng, y)
    instruction = Conv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=window.strides, pads=window.pads, dilations=window.dilations, groups=1,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def conv2d_large(rng: Rng) -> Parts:
    """One group, more values under a window than a patch has, channels in no whole units."""
    sizes = ((10, 8, 1), (7, 5, 3), (1, 38, 3), (5, 4, 6), (4, 5, 11))
    *kernel, depth = sizes[draw.below(rng, 0, 4)]
    extent = (kernel[0] + draw.below(rng, -1, 5), kernel[1] + draw.below(rng, -1, 6))
    dilations = (draw.pick(rng, 1, 1, 2), draw.pick(rng, 1, 1, 2))
    strides = (draw.pick(rng, 1, 2), draw.pick(rng, 1, 2))
    reach = tuple((k - 1) * step for k, step in zip(kernel, dilations, strict=True))
    pads = tuple((size // 2, size - size // 2) for size in reach)
    result = tuple(-(-size // stride) for size, stride in zip(extent, strides, strict=True))
    window = Window(3, extent, result, tuple(kernel), strides, pads, dilations)
    return _conv2d(rng, window, depth)


def pointwise(rng: Rng) -> Parts:
    """One tap, of a few channels or of so many that they are not gathered."""
    extent = (draw.below(rng, 2, 5), draw.below(rng, 2, 5))
    one = (1, 1)
    window = Window(3, extent, extent, one, one, ((0, 0), (0, 0)), one)
    depth = draw.pick(rng, 4, 16, 16, 68, 80, 80)
    channels = draw.pick(rng, depth, depth, depth, 8)
    x, y = _tensors(rng, window, depth, channels)
    type_ = IntType(draw.pick(rng, 4, 8, 8))
    weights = draw.weights(rng, (channels, 1, 1, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights.reshape(channels, -1), x, y)
    low, high = draw.limits(rng, y)
    instruction = Conv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=one, pads=((0, 0), (0, 0)), dilations=one, groups=1,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def depthwise_conv2d(rng: Rng, *, widths: tuple[int, ...] = (4, 8, 12, 16)) -> Parts:
    """A multiple of four channels, weights of 4 or 8 bits, often three rows of taps."""
    window = _three_rows(rng) if draw.chance(rng, 0.5) else random_window(rng, dilated=True)
    return _depthwise(rng, window, draw.pick(rng, *widths))


def _depthwise(rng: Rng, window: Window, channels: int) -> Parts:
    x, y = _tensors(rng, window, channels, channels)
    type_ = IntType(draw.pick(rng, 4, 8, 8))
    weights = draw.weights(rng, (*window.kernel, channels), type_)
    rows = weights.reshape(-1, channels).T
    bias, multiplier, shift = random_scaling(rng, rows, x, y)
    low, high = draw.limits(rng, y)
    instruction = DepthwiseConv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=window.strides, pads=window.pads, dilations=window.dilations,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def depthwise_same(rng: Rng) -> Parts:
    """Depthwise layers whose output has the size of the input, often of many rows."""
    extent = (draw.pick(rng, 3, 5, 26, 40), draw.below(rng, 1, 6))
    kernel = (draw.pick(rng, 1, 3, 5), draw.pick(rng, 1, 3, 3))
    pads = tuple(((size - 1) // 2, size // 2) for size in kernel)
    one = (1, 1)
    window = Window(3, extent, extent, kernel, one, pads, one)
    return _depthwise(rng, window, draw.pick(rng, 4, 8, 16))


def depthwise_large(rng: Rng) -> Parts:
    """Depthwise layers with more taps than are unpacked on the stack."""
    kernel = ((7, 5), (5, 6), (1, 29))[draw.below(rng, 0, 2)]
    extent = (draw.below(rng, 1, 8), draw.below(rng, 5, 9))
    pads = tuple(((size - 1) // 2, size // 2) for size in kernel)
    one = (1, 1)
    window = Window(3, extent, extent, kernel, one, pads, one)
    return _depthwise(rng, window, draw.pick(rng, 4, 8))


def fully_connected(rng: Rng, depths: tuple[int, ...] = tuple(range(4, 37, 4))) -> Parts:
    """Rows of a multiple of four values or of other numbers, weights of 4 or 8 bits."""
    rows, channels, depth = (
        draw.below(rng, 1, 3),
        draw.pick(rng, 2, 3, 4, 6, 8, 9),
        draw.pick(rng, *depths),
    )
    x = draw.tensor(rng, "x", (rows, depth), draw.pick(rng, 4, 8, 8))
    y = draw.tensor(rng, "y", (rows, channels), draw.pick(rng, 4, 8, 8))
    type_ = IntType(draw.pick(rng, 4, 8, 8))
    weights = draw.weights(rng, (channels, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights, x, y)
    low, high = draw.limits(rng, y)
    instruction = FullyConnected(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def long_rows(rng: Rng, depth: int, *, bits: int = 8) -> Parts:
    """One row of 8-bit values; all weights of an output are the same, at an end of its type."""
    x, y = draw.tensor(rng, "x", (1, depth), 8), draw.tensor(rng, "y", (1, 10), 8)
    ends = np.array([-128, 127, 127, -128, -128, -128, 127, 127, 0, -128], np.int8)
    weights = np.repeat(ends[:, None] >> np.int8(8 - bits), depth, axis=1)
    bias, multiplier, shift = random_scaling(rng, weights, x, y)
    instruction = FullyConnected(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=IntType(bits),
        bias=bias, multiplier=multiplier, shift=shift, low=-128, high=127,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def add(rng: Rng) -> Parts:
    """A sum of one shape, with the larger scale on either side."""
    shape = (draw.below(rng, 1, 9), draw.below(rng, 1, 9))
    a, b, y = (draw.tensor(rng, name, shape, draw.pick(rng, 4, 8, 8)) for name in "aby")
    half = Multiplier(1 << 30, 0)
    smaller = quantize_multiplier(float(rng.uniform(2.0**-8, 0.499)))
    first, second = (half, smaller) if draw.chance(rng, 0.5) else (smaller, half)
    low, high = draw.limits(rng, y)
    instruction = Add(
        layer="layer", inputs=("a", "b"), output="y", subtract=False, left_shift=20,
        multiplier_a=first, multiplier_b=second,
        multiplier_out=quantize_multiplier(float(2.0 ** rng.uniform(-21, -17))),
        low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (a, b), y)


def _three_rows(rng: Rng) -> Window:
    """Columns of pixels, neighbours of which share two rows of values."""
    columns, dilation = draw.below(rng, 1, 4), draw.pick(rng, 1, 1, 2)
    extent = (draw.below(rng, 5, 10), draw.below(rng, columns, 6))
    pads = ((draw.below(rng, 0, 2), draw.below(rng, 0, 2)), (columns // 2, 0))
    rows = (extent[0] + sum(pads[0]) - 2 * dilation - 1) // dilation + 1
    result = (rows, extent[1] + sum(pads[1]) - (columns - 1))
    return Window(3, extent, result, (3, columns), (dilation, 1), pads, (dilation, 1))


def _tensors(
    rng: Rng, window: Window, depth: int, channels: int
) -> tuple[QuantizedTensor, QuantizedTensor]:
    """Input and output of 4 or 8 bits."""
    bits = np.array([4, 8, 8])
    x = draw.tensor(rng, "x", window.shape(window.extent, depth), int(rng.choice(bits)))
    y = draw.tensor(rng, "y", window.shape(window.result, channels), int(rng.choice(bits)))
    return x, y
