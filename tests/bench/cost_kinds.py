"""Layers of every kind with random sizes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.lower.networks import conv, conv_transpose, floats
from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import NO_CLAMP, Clamp, Dense

MAX_MACS = 120_000
_LIMITED = Clamp(low=0.0)
_QUADS = (4, 8, 12, 16, 20, 24, 32, 40, 48, 64, 96)
_ODD = (1, 2, 3, 5, 6, 7, 9, 10, 13, 15, 18, 22, 30)

Layer = tuple[Any, list[tuple[int, ...]]]
Draw = np.random.Generator


def _pick(draw: Draw, choices):
    return choices[int(draw.integers(len(choices)))]


def _clamp(draw: Draw) -> Clamp:
    return _pick(draw, (_LIMITED, NO_CLAMP))


def _image(draw: Draw, channels: int, *, least: int = 3) -> tuple[int, int, int]:
    """Images of about the same number of values."""
    side = max(least + 1, int((2500 / channels) ** 0.5))
    height, width = (int(size) for size in draw.integers(least, min(side, 24) + 1, 2))
    return height, width, channels


def _window(draw: Draw, channels: int, out: int, *, depthwise: bool = False) -> Layer:
    """A convolution over an image with padding, stride and now and then dilation."""
    kernels = ((3, 3), (3, 3), (3, 3), (5, 5), (1, 3), (5, 1), (2, 2), (4, 6), (1, 1))
    kernel = _pick(draw, kernels)
    per_pixel = kernel[0] * kernel[1] * (channels if not depthwise else 1) * out
    shape = _image(draw, channels, least=max(*kernel, 3))
    most = max(1, MAX_MACS // per_pixel)
    height = min(shape[0], max(kernel[0], most // shape[1] + 1))
    stride = _pick(draw, (1, 1, 1, 2))
    pads = _pick(draw, (tuple(((k - 1) // 2, k // 2) for k in kernel), ((0, 0), (0, 0))))
    dilation = 2 if stride == 1 and pads[0][1] and height > 5 and draw.random() < 0.1 else 1
    groups = channels if depthwise else 1
    op = conv(
        out, kernel, channels,
        groups=groups, strides=(stride,) * 2, pads=pads, dilations=(dilation,) * 2,
        clamp=_clamp(draw),
    )  # fmt: skip
    return op, [(height, shape[1], channels)]


def pointwise(draw: Draw) -> Layer:
    channels, out = _pick(draw, _QUADS), _pick(draw, (*_QUADS, 10, 33))
    height, width, _ = _image(draw, channels)
    height = min(height, max(1, MAX_MACS // (width * channels * out)))
    return conv(out, (1, 1), channels, clamp=_clamp(draw)), [(height, width, channels)]


def blocks(draw: Draw) -> Layer:
    return _window(draw, _pick(draw, (4, 8, 12, 16, 24, 32)), _pick(draw, (4, 8, 11, 16, 24)))


def first(draw: Draw) -> Layer:
    return _window(draw, _pick(draw, (1, 1, 2, 3, 3)), _pick(draw, (4, 8, 10, 16, 32)))


def odd(draw: Draw) -> Layer:
    return _window(draw, _pick(draw, _ODD), _pick(draw, (4, 7, 8, 13, 16)))


def grouped(draw: Draw) -> Layer:
    groups, depth, out = _pick(draw, (2, 3, 4)), _pick(draw, (2, 3, 4, 8)), _pick(draw, (2, 3, 4))
    height, width, _ = _image(draw, groups * depth)
    op = conv(
        groups * out, (3, 3), groups * depth,
        groups=groups, pads=((1, 1), (1, 1)), clamp=_clamp(draw),
    )  # fmt: skip
    return op, [(height, width, groups * depth)]


def depthwise(draw: Draw) -> Layer:
    channels = _pick(draw, (8, 16, 24, 32, 40, 64))
    return _window(draw, channels, channels, depthwise=True)


def depthwise_tall(draw: Draw) -> Layer:
    """On images of the usual sizes, with long columns."""
    channels, kernel = _pick(draw, (8, 16, 32, 64)), _pick(draw, ((3, 3), (3, 3), (3, 5), (3, 1)))
    height, width = int(draw.integers(10, 40)), int(draw.integers(3, 12))
    pads = tuple((k // 2, k // 2) for k in kernel)
    stride = _pick(draw, (1, 1, 1, 2))
    op = conv(
        channels, kernel, channels,
        groups=channels, strides=(stride,) * 2, pads=pads, clamp=_clamp(draw),
    )  # fmt: skip
    return op, [(height, width, channels)]


def depthwise_odd(draw: Draw) -> Layer:
    channels = _pick(draw, (3, 6, 7, 10, 12, 18, 20, 27))
    return _window(draw, channels, channels * _pick(draw, (1, 1, 1, 2)), depthwise=True)


def dense(draw: Draw) -> Layer:
    size = int(_pick(draw, (4, 8, 16, 32, 40, 64, 100, 128, 256, 500, 640)))
    out = min(_pick(draw, (1, 2, 4, 8, 10, 12, 16, 32, 64, 128)), MAX_MACS // size)
    return Dense(floats(out, size), floats(out), clamp=_clamp(draw)), [(size,)]


def dense_whole(draw: Draw) -> Layer:
    """Of inputs in whole units at any width."""
    size = int(_pick(draw, (8, 16, 32, 40, 64, 128, 256, 320, 640)))
    out = min(_pick(draw, (4, 8, 10, 16, 32, 64, 128, 320)), MAX_MACS // size)
    return Dense(floats(out, size), floats(out), clamp=_clamp(draw)), [(size,)]


def dense_odd(draw: Draw) -> Layer:
    size, out = int(draw.integers(3, 300)), int(draw.integers(1, 20))
    rows = [] if draw.random() < 0.7 else [int(draw.integers(2, 6))]
    return Dense(floats(out, size), floats(out), clamp=_clamp(draw)), [(*rows, size)]


def transposed(draw: Draw) -> Layer:
    channels, out = _pick(draw, (2, 4, 8, 12)), _pick(draw, (2, 4, 6, 8))
    kernel, stride = _pick(draw, (2, 3, 4)), _pick(draw, (1, 2, 2))
    height, width = (int(size) for size in draw.integers(3, 8, 2))
    pad = _pick(draw, (0, 1))
    op = conv_transpose(out, (kernel,) * 2, channels, strides=(stride,) * 2, pads=((pad, pad),) * 2)
    return op, [(height, width, channels)]


def _both(draw: Draw) -> tuple[int, ...]:
    return _image(draw, _pick(draw, (*_QUADS, *_ODD)))


def _repeated(draw: Draw, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts to another."""
    return _pick(draw, ((1, 1, shape[2]), (shape[0], shape[1], 1), (1, shape[1], shape[2])))


def add(draw: Draw) -> Layer:
    return ops.Add(clamp=_clamp(draw)), [_both(draw)] * 2


def add_repeated(draw: Draw) -> Layer:
    shape = _both(draw)
    return ops.Add(clamp=_clamp(draw)), [shape, _repeated(draw, shape)]


def sub(draw: Draw) -> Layer:
    return ops.Sub(), [_both(draw)] * 2


def mul(draw: Draw) -> Layer:
    return ops.Mul(), [_both(draw)] * 2


def div(draw: Draw) -> Layer:
    return ops.Div(), [_both(draw)] * 2


def squared_difference(draw: Draw) -> Layer:
    return ops.SquaredDifference(), [_both(draw)] * 2


def prod(draw: Draw) -> Layer:
    return ops.Prod(_pick(draw, ((0, 1), (0,), (1,), (2,)))), [_both(draw)]


def mul_repeated(draw: Draw) -> Layer:
    shape = _both(draw)
    return ops.Mul(), [shape, _repeated(draw, shape)]


def larger(draw: Draw) -> Layer:
    shape = _both(draw)
    return _pick(draw, (ops.Maximum, ops.Minimum))(), [
        shape,
        _pick(draw, (shape, (1, 1, shape[2]))),
    ]


def prelu(draw: Draw) -> Layer:
    shape = _both(draw)
    return ops.PRelu(), [shape, (1, 1, shape[2])]


def leaky(draw: Draw) -> Layer:
    return ops.LeakyRelu(0.1), [_both(draw)]


def function(draw: Draw) -> Layer:
    return _pick(draw, (ops.HardSwish, ops.HardSigmoid))(), [_both(draw)]


def sigmoid(draw: Draw) -> Layer:
    return ops.Sigmoid(), [_both(draw)]


def tanh(draw: Draw) -> Layer:
    return ops.Tanh(), [_both(draw)]


def softmax(draw: Draw) -> Layer:
    if draw.random() < 0.5:
        return ops.Softmax(0), [(int(draw.integers(4, 100)),)]
    return ops.Softmax(1), [(int(draw.integers(3, 20)), int(draw.integers(2, 30)))]


def log_softmax(draw: Draw) -> Layer:
    return ops.LogSoftmax(), [(int(draw.integers(2, 10)), int(draw.integers(3, 40)))]


def direction(draw: Draw) -> Layer:
    return ops.L2Normalization(), [(int(draw.integers(2, 10)), int(draw.integers(3, 140)))]


def mean(draw: Draw) -> Layer:
    shape = _both(draw)
    return ops.Mean(_pick(draw, ((0, 1), (0, 1), (0,), (1,), (2,), (0, 1, 2)))), [shape]


def _pooled(kind, draw: Draw) -> Layer:
    kernel = _pick(draw, ((2, 2), (2, 2), (3, 3), (1, 4), (5, 5)))
    shape = _image(draw, _pick(draw, (*_QUADS, *_ODD)), least=6)
    stride = _pick(draw, (1, 2, 2))
    pad = kernel[0] // 2 if kernel[0] == kernel[1] == 3 else 0
    return kind(kernel=kernel, strides=(stride,) * 2, pads=((pad, pad),) * 2), [shape]


def max_pool(draw: Draw) -> Layer:
    return _pooled(ops.MaxPool, draw)


def average_pool(draw: Draw) -> Layer:
    return _pooled(ops.AveragePool, draw)


def global_pool(draw: Draw) -> Layer:
    shape = _image(draw, _pick(draw, (8, 16, 32, 64)))
    return ops.AveragePool(kernel=shape[:2], strides=(1, 1), pads=((0, 0), (0, 0))), [shape]


def concat(draw: Draw) -> Layer:
    height, width, channels = _both(draw)
    if draw.random() < 0.7:
        other = _pick(draw, _QUADS)
        return ops.Concat(2), [(height, width, channels), (height, width, other)]
    return ops.Concat(0), [(height, width, channels), (3, width, channels)]


def pad(draw: Draw) -> Layer:
    return ops.Pad(((1, 1), (1, 2), (0, _pick(draw, (0, 0, 3))))), [_both(draw)]


def cut(draw: Draw) -> Layer:
    height, width, channels = shape = _both(draw)
    step = _pick(draw, (1, 1, 2))
    sizes = ((height - 2) // step + 1, width - 1, max(1, channels - 1))
    return ops.Slice((1, 1, 0), sizes, (step, 1, 1)), [shape]


def transpose(draw: Draw) -> Layer:
    return ops.Transpose(_pick(draw, ((2, 0, 1), (1, 2, 0), (1, 0, 2)))), [_both(draw)]


def resize(draw: Draw) -> Layer:
    height, width, channels = shape = _image(draw, _pick(draw, (3, 8, 16, 32)))
    return ops.ResizeBilinear((2 * height, 2 * width)), [(height, width, channels)] if shape else []


def nearest(draw: Draw) -> Layer:
    shape = _image(draw, _pick(draw, (3, 8, 16)))
    twice = [tuple(np.repeat(np.arange(size), 2).tolist()) for size in shape[:2]]
    return ops.Gather((twice[0], twice[1], None)), [shape]


def matmul(draw: Draw) -> Layer:
    rows, depth, columns = (int(size) for size in draw.integers(4, 30, 3))
    stack = [] if draw.random() < 0.5 else [int(draw.integers(2, 5))]
    swapped = bool(draw.random() < 0.5)
    other = (columns, depth) if swapped else (depth, columns)
    return ops.MatMul(adj_y=swapped), [(*stack, rows, depth), (*stack, *other)]


def lstm(draw: Draw) -> Layer:
    steps, size, units = (int(found) for found in draw.integers((2, 3, 4), (12, 24, 28)))
    op = ops.Lstm(floats(4, units, size), floats(4, units, units), floats(4, units))
    return op, [(steps, size)]


def gru(draw: Draw) -> Layer:
    steps, size, units = (int(found) for found in draw.integers((2, 3, 4), (12, 24, 28)))
    after = bool(draw.random() < 0.7)
    weights = floats(3, units, size), floats(3, units, units), floats(3, units), floats(3, units)
    return ops.Gru(*weights, reset_after=after), [(steps, size)]


def following(draw: Draw, shape: tuple[int, ...] = ()) -> Layer:
    """A convolution whose output has the shape of its input."""
    kernel = _pick(draw, ((3, 3), (3, 3), (1, 5), (5, 1), (2, 3), (5, 5)))
    dilation = _pick(draw, (1, 1, 1, 2))
    total = tuple((k - 1) * dilation for k in kernel)
    pads = tuple((size // 2, size - size // 2) for size in total)
    channels = shape[-1]
    op = conv(channels, kernel, channels, pads=pads, dilations=(dilation,) * 2, clamp=_clamp(draw))
    return op, [shape]


def following_wide(draw: Draw, shape: tuple[int, ...] = ()) -> Layer:
    """The same with more values under a window than are gathered in words."""
    channels = shape[-1]
    held = ((3, 3), (5, 5), (4, 3), (7, 5), (10, 8), (1, 25), (6, 6), (7, 7))
    fit = [k for k in held if 64 < k[0] * k[1] * channels <= 240]
    kernel = _pick(draw, fit)
    dilation = _pick(draw, (1, 1, 1, 2))
    total = tuple((k - 1) * dilation for k in kernel)
    pads = tuple((size // 2, size - size // 2) for size in total)
    op = conv(channels, kernel, channels, pads=pads, dilations=(dilation,) * 2, clamp=_clamp(draw))
    return op, [shape]


Kind = Callable[..., Layer]
# kinds of which each has a kernel of its own, and those that may share one
SEPARATE: tuple[Kind, ...] = (blocks, grouped, depthwise, depthwise_odd, dense, dense_odd)
CONVOLUTIONS: tuple[Kind, ...] = (pointwise, first, odd)
PRODUCTS: tuple[Kind, ...] = (
    pointwise, blocks, first, odd, grouped, depthwise, depthwise_odd, dense, dense_odd,
)  # fmt: skip
WITHOUT: tuple[Kind, ...] = (
    add, add_repeated, sub, mul, mul_repeated, larger, prelu, leaky, function, sigmoid, tanh,
    softmax, log_softmax, direction, mean, max_pool, average_pool, global_pool, concat, pad, cut,
    transpose, resize, nearest, matmul,
)  # fmt: skip
WIDE = tuple(kind for kind in WITHOUT if kind not in (log_softmax, direction, prelu))
