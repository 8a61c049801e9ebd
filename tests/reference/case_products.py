"""Random products of matrices, and choices between values."""

from __future__ import annotations

import math

from tests.reference import draw
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.multiplier import quantize_multiplier
from tinyml_studio.program.instructions import (
    ArgMax,
    BatchMatMul,
    Extremum,
    L2Normalization,
    LogSoftmax,
    Prod,
)
from tinyml_studio.quantize.fixed_outputs import log_softmax_grid


def batch_matmul(rng: Rng) -> Parts:
    rows, depth, columns = (draw.below(rng, 1, 5) for _ in range(3))
    stack = tuple(draw.below(rng, 1, 3) for _ in range(draw.below(rng, 0, 3)))
    adj_x, adj_y = draw.chance(rng, 0.5), draw.chance(rng, 0.5)
    left = (depth, rows) if adj_x else (rows, depth)
    right = (columns, depth) if adj_y else (depth, columns)
    wide = draw.chance(rng, 0.3)
    a, b = (
        draw.tensor(rng, name, (*_repeating(rng, stack), *matrix), 16 if wide else bits)
        for name, matrix, bits in (("a", left, draw.pick(rng, 4, 8)), ("b", right, 8))
    )
    y = draw.tensor(rng, "y", (*stack, rows, columns), draw.activation_bits(rng))
    bound = depth * draw.reach(a) * draw.reach(b)
    multiplier = draw.wide_multiplier(rng, bound, y) if wide else draw.multiplier(rng, bound, y)
    low, high = draw.limits(rng, y)
    instruction = BatchMatMul(
        layer="layer", inputs=("a", "b"), output="y", adj_x=adj_x, adj_y=adj_y,
        multiplier=multiplier, low=low, high=high,
    )  # fmt: skip
    constants = {"b": draw.values(rng, b, 1)[0]} if draw.chance(rng, 0.2) else {}
    if len(a.shape) < len(y.shape) and len(b.shape) < len(y.shape):
        return batch_matmul(rng)
    return Parts(instruction, (a, b), y, constants)


def _repeating(rng: Rng, stack: tuple[int, ...]) -> tuple[int, ...]:
    """The stack, or one that repeats along some axes; axes that are left out stand in front."""
    if draw.chance(rng, 0.5):
        return stack
    return stack[draw.below(rng, 0, len(stack)) :]


def extremum(rng: Rng) -> Parts:
    shape = tuple(draw.below(rng, 1, 5) for _ in range(draw.below(rng, 1, 3)))
    other = tuple(1 if draw.chance(rng, 0.3) else extent for extent in shape)
    a = draw.tensor(rng, "a", shape, draw.activation_bits(rng))
    b = draw.tensor(rng, "b", other, a.type.bits, zero_point=a.zero_point)
    y = draw.tensor(rng, "y", shape, a.type.bits, zero_point=a.zero_point)
    names = ("a", "b") if draw.chance(rng, 0.5) else ("b", "a")
    item = Extremum(layer="layer", inputs=names, output="y", largest=draw.chance(rng, 0.5))
    constants = {"b": draw.values(rng, b, 1)[0]} if draw.chance(rng, 0.3) else {}
    return Parts(item, (a, b), y, constants)


def arg_max(rng: Rng) -> Parts:
    shape = tuple(draw.below(rng, 1, 5) for _ in range(draw.below(rng, 1, 3)))
    axis = draw.below(rng, 0, len(shape) - 1)
    x = draw.tensor(rng, "x", shape, draw.activation_bits(rng))
    y = draw.tensor(rng, "y", (*shape[:axis], *shape[axis + 1 :]), 16)
    smallest = draw.chance(rng, 0.5)
    item = ArgMax(layer="layer", inputs=("x",), output="y", axis=axis, smallest=smallest)
    return Parts(item, (x,), y)


def prod(rng: Rng) -> Parts:
    shape = tuple(draw.below(rng, 1, 4) for _ in range(draw.below(rng, 1, 3)))
    axes = tuple(i for i in range(len(shape)) if draw.chance(rng, 0.6)) or (0,)
    x = draw.tensor(rng, "x", shape, draw.activation_bits(rng))
    kept = tuple(extent for i, extent in enumerate(shape) if i not in axes)
    ones = tuple(1 if i in axes else extent for i, extent in enumerate(shape))
    y = draw.tensor(rng, "y", ones if draw.chance(rng, 0.5) else kept, draw.activation_bits(rng))
    low, high = draw.limits(rng, y)
    # from factors that vanish to products far beyond 32 bits
    factor = 2.0 ** rng.uniform(-1, 7) / draw.reach(x)
    item = Prod(
        layer="layer", inputs=("x",), output="y", axes=axes, multiplier=quantize_multiplier(factor),
        low=low, high=high,
    )  # fmt: skip
    return Parts(item, (x,), y)


def log_softmax(rng: Rng) -> Parts:
    shape = (*(() if draw.chance(rng, 0.5) else (2,)), draw.pick(rng, 1, 2, 10, 40))
    x = draw.tensor(rng, "x", shape, draw.activation_bits(rng))
    bits, scale, zero_point = log_softmax_grid(draw.activation_bits(rng))
    y = draw.tensor(rng, "y", shape, bits, zero_point=zero_point)
    real = 2.0 ** rng.uniform(-9, 0) if x.type.bits < 16 else 2.0 ** rng.uniform(-15, -9)
    multiplier = quantize_multiplier(real * 2**26)
    item = LogSoftmax(
        layer="layer", inputs=("x",), output="y", multiplier=multiplier,
        diff_min=-math.floor(31 * 2.0 ** (26 - multiplier.shift)),
        drop=26 + round(math.log2(scale)),
    )  # fmt: skip
    return Parts(item, (x,), y)


def l2_normalization(rng: Rng) -> Parts:
    shape = (*(() if draw.chance(rng, 0.5) else (3,)), draw.pick(rng, 1, 2, 10, 40))
    x = draw.tensor(rng, "x", shape, draw.activation_bits(rng))
    y = draw.tensor(rng, "y", shape, draw.activation_bits(rng), zero_point=0)
    lift = draw.pick(rng, 0, 7) if y.type.bits == 8 else 0
    item = L2Normalization(
        layer="layer", inputs=("x",), output="y", lift=lift, rise=y.type.bits - 1 - lift
    )
    return Parts(item, (x,), y)
