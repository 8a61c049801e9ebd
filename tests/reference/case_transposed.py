"""Random transposed convolutions."""

from __future__ import annotations

from tests.reference import draw
from tests.reference.case_windows import random_scaling
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.program.instructions import TransposeConv2D


def transpose_conv2d(rng: Rng) -> Parts:
    rank = draw.pick(rng, 2, 3, 3)
    rows = _axis(rng) if rank == 3 else (1, 1, 1, 1, (0, 0), 1)
    extent, result, kernel, strides, pads, dilations = zip(rows, _axis(rng), strict=True)
    groups, depth, per_group = draw.pick(rng, 1, 1, 2), draw.below(rng, 1, 4), draw.below(rng, 1, 3)
    x_shape, y_shape = (*extent, groups * depth), (*result, groups * per_group)
    x = draw.tensor(rng, "x", x_shape[3 - rank :], draw.activation_bits(rng))
    y = draw.tensor(rng, "y", y_shape[3 - rank :], draw.activation_bits(rng))
    type_ = IntType(draw.below(rng, 1, 8))
    weights = draw.weights(rng, (groups * per_group, *kernel, depth), type_)
    bias, multiplier, shift = random_scaling(rng, weights.reshape(len(weights), -1), x, y)
    low, high = draw.limits(rng, y)
    instruction = TransposeConv2D(
        layer="layer", inputs=("x",), output="y", weights=weights, weight_type=type_, bias=bias,
        strides=strides, pads=pads, dilations=dilations, groups=groups,
        multiplier=multiplier, shift=shift, low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def _axis(rng: Rng) -> tuple[int, int, int, int, tuple[int, int], int]:
    """Extent, result, kernel, stride, pads and dilation of one axis."""
    extent, kernel, stride = draw.below(rng, 1, 4), draw.below(rng, 1, 4), draw.below(rng, 1, 3)
    dilation = draw.pick(rng, 1, 1, 2)
    full = (extent - 1) * stride + (kernel - 1) * dilation + 1
    before = draw.below(rng, 0, full - 1)
    after = draw.below(rng, 1 - max(stride, dilation), full - 1 - before)
    return extent, full - before - after, kernel, stride, (before, after), dilation
