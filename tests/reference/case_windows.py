"""Random convolutions, fully connected layers and pools."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.reference import draw
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import Int8Array, Int32Array, Int64Array, IntType
from tinyml_studio.lower.real_factor import real_multipliers
from tinyml_studio.program.instructions import (
    AveragePool2D,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    FullyConnectedReal,
    MaxPool2D,
    Pads2D,
)
from tinyml_studio.program.program import QuantizedTensor


@dataclass(frozen=True)
class Window:
    """Geometry of a window; `rank` is that of the spatial tensors (3, or 2 for a sequence)."""

    rank: int
    extent: tuple[int, int]
    result: tuple[int, int]
    kernel: tuple[int, int]
    strides: tuple[int, int]
    pads: Pads2D
    dilations: tuple[int, int]

    def shape(self, extent: tuple[int, int], channels: int) -> tuple[int, ...]:
        """Shape of a tensor of that extent; rank 2 drops the unit height, rank 1 the width too."""
        return (*extent, channels)[3 - self.rank :]


def conv2d(rng: Rng) -> Parts:
    window = random_window(rng, dilated=True)
    groups = draw.pick(rng, 1, 1, 2, 3)
    depth, per_group = draw.below(rng, 1, 4), draw.below(rng, 1, 4)
    x = draw.tensor(
        rng, "x", window.shape(window.extent, groups * depth), draw.activation_bits(rng)
    )
    shape = window.shape(window.result, groups * per_group)
    y = draw.tensor(rng, "y", shape, draw.activation_bits(rng))
    type_ = IntType(draw.below(rng, 1, 9))
    weights = draw.weights(rng, (groups * per_group, *window.kernel, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights.reshape(len(weights), -1), x, y)
    low, high = draw.limits(rng, y)
    instruction = Conv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=window.strides, pads=window.pads, dilations=window.dilations, groups=groups,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def depthwise_conv2d(rng: Rng) -> Parts:
    window = random_window(rng, dilated=True)
    channels, multiple = draw.below(rng, 1, 5), draw.pick(rng, 1, 1, 2, 3)
    x = draw.tensor(rng, "x", window.shape(window.extent, channels), draw.activation_bits(rng))
    shape = window.shape(window.result, channels * multiple)
    y = draw.tensor(rng, "y", shape, draw.activation_bits(rng))
    type_ = IntType(draw.below(rng, 1, 9))
    weights = draw.weights(rng, (*window.kernel, channels * multiple), type_)
    rows = weights.reshape(-1, channels * multiple).T
    bias, multiplier, shift = random_scaling(rng, rows, x, y)
    low, high = draw.limits(rng, y)
    instruction = DepthwiseConv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=window.strides, pads=window.pads, dilations=window.dilations,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def fully_connected(rng: Rng) -> Parts:
    lead = ((), (3,), (2, 3))[draw.below(rng, 0, 2)]
    depth, channels = draw.below(rng, 1, 40), draw.below(rng, 1, 6)
    x = draw.tensor(rng, "x", (*lead, depth), draw.activation_bits(rng))
    y = draw.tensor(rng, "y", (*lead, channels), draw.activation_bits(rng))
    type_ = IntType(draw.below(rng, 1, 9))
    weights = draw.weights(rng, (channels, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights, x, y)
    low, high = draw.limits(rng, y)
    instruction = FullyConnected(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def fully_connected_real(rng: Rng) -> Parts:
    """Factors of which some make many ties, and some a product just beside one."""
    depth, channels = draw.below(rng, 1, 40), draw.below(rng, 1, 6)
    x = draw.tensor(rng, "x", (3, depth), 16)
    y = draw.tensor(rng, "y", (3, channels), draw.pick(rng, 8, 16))
    type_ = IntType(draw.below(rng, 1, 8))
    weights = draw.weights(rng, (channels, depth), type_)
    bias = rng.integers(-(2**20), 2**20, channels)
    worst = np.abs(weights.astype(np.int64)).sum(axis=1) * 2**16 + np.abs(bias)
    wanted = 2.0 ** rng.integers(-3, 2, channels) * y.type.max / worst
    exact = 2.0 ** np.round(np.log2(wanted)) * draw.pick(rng, 1, 3, 1 / 3, 1 / 5)
    factors = np.where(rng.random(channels) < 0.5, exact, wanted)
    factor, shift = real_multipliers(factors)
    low, high = draw.limits(rng, y)
    instruction = FullyConnectedReal(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        factor=factor, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def max_pool2d(rng: Rng) -> Parts:
    return _pool(rng, MaxPool2D)


def average_pool2d(rng: Rng) -> Parts:
    return _pool(rng, AveragePool2D)


def _pool(rng: Rng, kind: type[MaxPool2D] | type[AveragePool2D]) -> Parts:
    window = random_window(rng, dilated=False)
    channels = draw.below(rng, 1, 5)
    x = draw.tensor(rng, "x", window.shape(window.extent, channels), draw.activation_bits(rng))
    shape = window.shape(window.result, channels)
    y = draw.tensor(rng, "y", shape, x.type.bits, zero_point=x.zero_point)
    low, high = draw.limits(rng, y)
    instruction = kind(
        layer="layer", inputs=("x",), output="y", kernel=window.kernel, strides=window.strides,
        pads=window.pads, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def random_window(rng: Rng, *, dilated: bool) -> Window:
    """A geometry with an output of at least one position, no window wholly in the padding."""
    rank = draw.pick(rng, 1, 2, 2, 3, 3, 3, 3)
    rows = _axis(rng, dilated=dilated) if rank == 3 else (1, 1, 1, 1, (0, 0), 1)
    columns = _axis(rng, dilated=dilated) if rank > 1 else (1, 1, 1, 1, (0, 0), 1)
    extent, result, kernel, strides, pads, dilations = zip(rows, columns, strict=True)
    return Window(rank, extent, result, kernel, strides, pads, dilations)


def _axis(rng: Rng, *, dilated: bool) -> tuple[int, int, int, int, tuple[int, int], int]:
    """Extent, result, kernel, stride, pads and dilation of one axis."""
    kernel, stride = draw.below(rng, 1, 4), draw.below(rng, 1, 3)
    dilation = draw.pick(rng, 1, 1, 2, 3) if dilated else 1
    span = (kernel - 1) * dilation + 1
    before, after = draw.below(rng, 0, kernel - 1), draw.below(rng, 0, kernel - 1)
    extent = max(draw.below(rng, 1, 8), span - before - after)
    result = (extent + before + after - span) // stride + 1
    return extent, result, kernel, stride, (before, after), dilation


def random_scaling(
    rng: Rng, rows: Int8Array, x: QuantizedTensor, y: QuantizedTensor
) -> tuple[Int64Array, Int32Array, Int32Array]:
    """Bias, mantissas and shifts for filters given as rows, one per output channel."""
    wide = x.type.bits == 16
    bias = draw.bias(rng, len(rows), wide=wide)
    bounds = np.abs(rows.astype(np.int64)).sum(axis=1) * draw.reach(x) + np.abs(bias)
    if wide:
        pairs = [draw.wide_multiplier(rng, int(bound), y) for bound in bounds]
        mantissas, shifts = zip(*pairs, strict=True)
        return bias, np.array(mantissas, np.int32), np.array(shifts, np.int32)
    return bias, *draw.multipliers(rng, bounds, y)
