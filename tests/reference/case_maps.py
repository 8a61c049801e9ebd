"""Random operators on single values, means and softmaxes."""

from __future__ import annotations

import math

import numpy as np

from tests.reference import draw
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import FloatArray, Int32Array, IntArray
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.lower.tables.piecewise import pieces
from tinyml_studio.program.instructions import (
    Add,
    Div,
    Interpolate,
    LeakyRelu,
    Logistic16,
    Lookup,
    Mean,
    Mul,
    Piecewise,
    PRelu,
    Requantize,
    Softmax,
    Softmax16,
    SquaredDifference,
)
from tinyml_studio.program.program import QuantizedTensor


def add(rng: Rng) -> Parts:
    a, b, y, constants = binary(rng)
    left_shift = 15 if 16 in (a.type.bits, b.type.bits, y.type.bits) else 20
    pair = [quantize_multiplier(rng.uniform(0.0005, 1.0)) for _ in range(2)]
    pair[draw.below(rng, 0, 1)] = Multiplier(1 << 30, 0)  # TFLite's larger scale becomes 1/2
    bound = sum(
        math.ceil((draw.reach(x) << left_shift) * m.mantissa * 2.0 ** (m.shift - 31)) + 1
        for x, m in zip((a, b), pair, strict=True)
    )
    low, high = draw.limits(rng, y)
    instruction = Add(
        layer="layer", inputs=("a", "b"), output="y", subtract=draw.chance(rng, 0.4),
        left_shift=left_shift, multiplier_a=pair[0], multiplier_b=pair[1],
        multiplier_out=draw.multiplier(rng, bound, y), low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (a, b), y, constants)


def mul(rng: Rng) -> Parts:
    a, b, y, constants = binary(rng)
    low, high = draw.limits(rng, y)
    multiplier = draw.multiplier(rng, draw.reach(a) * draw.reach(b), y)
    instruction = Mul(
        layer="layer", inputs=("a", "b"), output="y", multiplier=multiplier, low=low, high=high
    )
    return Parts(instruction, (a, b), y, constants)


def div(rng: Rng) -> Parts:
    a, b, y, constants = binary(rng)
    low, high = draw.limits(rng, y)
    mantissa, shift = quantize_multiplier(2.0 ** rng.uniform(-6, y.type.bits + 2))
    item = Div(
        layer="layer", inputs=("a", "b"), output="y",
        multiplier=Multiplier(mantissa, min(shift, 31 - draw.reach(a).bit_length())),
        low=low, high=high,
    )  # fmt: skip
    return Parts(item, (a, b), y, constants)


def squared_difference(rng: Rng) -> Parts:
    a, b, y, constants = binary(rng)
    left_shift = 0 if 16 in (a.type.bits, b.type.bits) else 7
    pair = [quantize_multiplier(rng.uniform(0.0005, 0.5)) for _ in range(2)]
    pair[draw.below(rng, 0, 1)] = Multiplier(1 << 30, 0)  # TFLite's larger scale becomes 1/2
    bound = sum((draw.reach(x) << left_shift) // 2 + 1 for x in (a, b)) ** 2
    low, high = draw.limits(rng, y)
    item = SquaredDifference(
        layer="layer", inputs=("a", "b"), output="y", left_shift=left_shift,
        multiplier_a=pair[0], multiplier_b=pair[1],
        multiplier_out=draw.multiplier(rng, bound, y), low=low, high=high,
    )  # fmt: skip
    return Parts(item, (a, b), y, constants)


def mean(rng: Rng) -> Parts:
    shape = any_shape(rng, draw.below(rng, 1, 3))
    axes = tuple(i for i in range(len(shape)) if draw.chance(rng, 0.6)) or (0,)
    x = draw.tensor(rng, "x", shape, draw.activation_bits(rng))
    kept = tuple(extent for i, extent in enumerate(shape) if i not in axes)
    ones = tuple(1 if i in axes else extent for i, extent in enumerate(shape))
    y = draw.tensor(rng, "y", ones if draw.chance(rng, 0.5) else kept, draw.activation_bits(rng))
    count = math.prod(shape[i] for i in axes)
    mantissa, shift = draw.multiplier(rng, draw.reach(x), y, top=14)
    k = min(int(math.log2(count)), 32, 31 + shift)
    low, high = draw.limits(rng, y)
    instruction = Mean(
        layer="layer", inputs=("x",), output="y", axes=axes,
        multiplier=Multiplier((mantissa << k) // count, shift - k), low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def requantize(rng: Rng) -> Parts:
    x, y = _unary(rng, draw.activation_bits(rng))
    low, high = draw.limits(rng, y)
    multiplier = draw.multiplier(rng, draw.reach(x), y)
    instruction = Requantize(
        layer="layer", inputs=("x",), output="y", multiplier=multiplier, low=low, high=high
    )
    return Parts(instruction, (x,), y)


def leaky_relu(rng: Rng) -> Parts:
    x, y = _unary(rng, 16)
    low, high = draw.limits(rng, y)
    instruction = LeakyRelu(
        layer="layer", inputs=("x",), output="y", identity=draw.multiplier(rng, 2**15, y),
        alpha=draw.multiplier(rng, 2**15, y), low=low, high=high,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def prelu(rng: Rng) -> Parts:
    shape = any_shape(rng, draw.below(rng, 1, 3))
    x = draw.tensor(rng, "x", shape, draw.activation_bits(rng))
    slope_bits = draw.pick(rng, 8, x.type.bits) if x.type.bits == 16 else 8
    slope = draw.tensor(rng, "slope", shape[-1:] if draw.chance(rng, 0.7) else shape, slope_bits)
    y = draw.tensor(rng, "y", shape, draw.activation_bits(rng))
    low, high = draw.limits(rng, y)
    instruction = PRelu(
        layer="layer", inputs=("x", "slope"), output="y",
        identity=draw.multiplier(rng, draw.reach(x), y),
        alpha=draw.multiplier(rng, draw.reach(x) * draw.reach(slope), y), low=low, high=high,
    )  # fmt: skip
    constants = {} if draw.chance(rng, 0.2) else {"slope": draw.values(rng, slope, 1)[0]}
    return Parts(instruction, (x, slope), y, constants)


def lookup(rng: Rng) -> Parts:
    x, y = _unary(rng, draw.pick(rng, 4, 8))
    entries = 1 << x.type.bits
    table = rng.integers(y.type.min, y.type.max + 1, entries).astype(y.type.carrier)
    return Parts(Lookup(layer="layer", inputs=("x",), output="y", table=table), (x,), y)


def interpolate(rng: Rng) -> Parts:
    x, y = _unary(rng, 16)
    low, high = draw.limits(rng, y)
    table = draw.interpolation_table(rng, y.type.min, y.type.max)
    instruction = Interpolate(
        layer="layer", inputs=("x",), output="y", table=table, low=low, high=high
    )
    return Parts(instruction, (x,), y)


def piecewise(rng: Rng) -> Parts:
    x, y = _unary(rng, 16)
    bend, pole = rng.uniform(-1.0, 1.0, 2) * 2**15 * x.scale
    gain = y.scale * y.type.max / (2**15 * x.scale)

    def function(real: FloatArray) -> FloatArray:
        return np.where(real > bend, gain * real, 0.0) + y.scale / (0.02 * np.abs(real - pole))

    made = pieces(function, source=x, output=y)
    instruction = Piecewise(
        layer="layer", inputs=("x",), output="y", shift=made.shift, table=made.table,
        page=made.page, values=made.values,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def logistic16(rng: Rng) -> Parts:
    x = draw.tensor(rng, "x", any_shape(rng, 2), 16)
    y = draw.tensor(rng, "y", x.shape, 16)
    if draw.chance(rng, 0.5):
        multiplier, shift = 3 << draw.below(rng, 0, 3), 0
    else:
        multiplier, shift = draw.below(rng, 2**14, 2**15 - 1), draw.below(rng, 10, 15)
    steps = np.arange(256) / 24
    table = np.minimum(np.round(65536 / (1 + np.exp(-steps))), 65535).astype(np.int32)
    instruction = Logistic16(
        layer="layer", inputs=("x",), output="y", tanh=draw.chance(rng, 0.5),
        multiplier=multiplier, shift=shift, table=table,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def softmax(rng: Rng) -> Parts:
    shape = softmax_shape(rng)
    x = draw.tensor(rng, "x", shape, draw.pick(rng, 4, 8, 8))
    bits = draw.activation_bits(rng)
    y = draw.tensor(rng, "y", shape, bits, zero_point=-(1 << (bits - 1)))
    scale = 2.0 ** rng.uniform(-9, 0)
    mantissa, shift = quantize_multiplier(scale * 2**26)
    diff_min = -math.floor(31 * 2.0 ** (26 - shift))
    instruction = Softmax(
        layer="layer", inputs=("x",), output="y", multiplier=Multiplier(mantissa, shift),
        diff_min=diff_min,
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def softmax16(rng: Rng) -> Parts:
    shape = softmax_shape(rng)
    x = draw.tensor(rng, "x", shape, 16)
    bits = draw.activation_bits(rng)
    y = draw.tensor(rng, "y", shape, bits, zero_point=0 if bits == 16 else -(1 << (bits - 1)))
    scale = 2.0 ** (rng.uniform(-15, -9) if rng.random() < 0.5 else rng.uniform(-9, 10))
    instruction = Softmax16(
        layer="layer", inputs=("x",), output="y",
        multiplier=quantize_multiplier(scale * 65535 / 10),
        exp_table=_int16_table(np.exp(np.linspace(-10, 0, 513))),
        reciprocal_table=_int16_table(1 / (1 + np.linspace(0, 1, 513))),
    )  # fmt: skip
    return Parts(instruction, (x,), y)


def _int16_table(reals: np.ndarray) -> Int32Array:
    """Reals in [0, 1] as int16 values."""
    return np.minimum(np.round(reals * 32768), 32767).astype(np.int32)


def any_shape(rng: Rng, rank: int) -> tuple[int, ...]:
    return tuple(draw.below(rng, 1, 5) for _ in range(rank))


def softmax_shape(rng: Rng) -> tuple[int, ...]:
    lead = any_shape(rng, draw.below(rng, 0, 2))
    return (*lead, draw.pick(rng, 1, 2, 10, 40))


def _unary(rng: Rng, bits: int) -> tuple[QuantizedTensor, QuantizedTensor]:
    x = draw.tensor(rng, "x", any_shape(rng, draw.below(rng, 1, 3)), bits)
    return x, draw.tensor(rng, "y", x.shape, draw.activation_bits(rng))


def binary(
    rng: Rng,
) -> tuple[QuantizedTensor, QuantizedTensor, QuantizedTensor, dict[str, IntArray]]:
    """Two operands that broadcast against each other; now and then one is constant."""
    shape = any_shape(rng, draw.below(rng, 1, 3))
    shapes = [shape, shape]
    if draw.chance(rng, 0.5):
        narrow = tuple(1 if draw.chance(rng, 0.4) else extent for extent in shape)
        shapes[draw.below(rng, 0, 1)] = narrow[draw.below(rng, 0, len(shape) - 1) :]
    a = draw.tensor(rng, "a", shapes[0], draw.activation_bits(rng))
    b = draw.tensor(rng, "b", shapes[1], draw.activation_bits(rng))
    y = draw.tensor(rng, "y", shape, draw.activation_bits(rng))
    constants = {}
    if draw.chance(rng, 0.3):
        constant = a if draw.chance(rng, 0.5) else b
        constants[constant.name] = draw.values(rng, constant, 1)[0]
    return a, b, y, constants
