"""Random grids, values, multipliers and tables; every draw keeps the bounds that C relies on."""

from __future__ import annotations

import math

import numpy as np

from tinyml_studio.arith.inttype import Int8Array, Int32Array, Int64Array, IntArray, IntType
from tinyml_studio.arith.multiplier import Multiplier, quantize_multiplier
from tinyml_studio.program.program import QuantizedTensor

Rng = np.random.Generator
INT32_MAX = 2**31 - 1


def chance(rng: Rng, probability: float) -> bool:
    """True with the given probability."""
    return bool(rng.random() < probability)


def pick(rng: Rng, *options: int) -> int:
    """One of the options."""
    return int(rng.choice(options))


def below(rng: Rng, low: int, high: int) -> int:
    """An integer in [low, high]."""
    return int(rng.integers(low, high + 1))


def tensor(
    rng: Rng, name: str, shape: tuple[int, ...], bits: int, *, zero_point: int | None = None
) -> QuantizedTensor:
    """A tensor of 4, 8 or 16 bits; 16 bits have zero point 0, others any, often at an end."""
    type_ = IntType(bits)
    if zero_point is None:
        anywhere = below(rng, type_.min, type_.max)
        zero_point = 0 if bits == 16 else pick(rng, anywhere, anywhere, type_.min, type_.max, 0)
    return QuantizedTensor(name, shape, type_, 0.5, zero_point)


def activation_bits(rng: Rng) -> int:
    """4, 8 or 16."""
    return pick(rng, 4, 8, 8, 16)


def values(rng: Rng, of: QuantizedTensor, count: int) -> IntArray:
    """``(count, *shape)`` values: all over the type, or only its ends, or all alike."""
    shape = (count, *of.shape)
    low, high = of.type.min, of.type.max
    kind = below(rng, 0, 5)
    if kind == 0:
        drawn = np.full(shape, pick(rng, low, high, of.zero_point))
    elif kind == 1:
        drawn = rng.choice([low, high, of.zero_point], shape)
    else:
        drawn = rng.integers(low, high + 1, shape)
    result: IntArray = drawn.astype(of.type.carrier)
    return result


def weights(rng: Rng, shape: tuple[int, ...], type_: IntType) -> Int8Array:
    """Weights of the type: all over it, at its ends, or all alike; never 0 in the binary type."""
    if type_.bits == 1 or chance(rng, 0.2):
        drawn = rng.choice([type_.min, type_.max], shape)
    elif chance(rng, 0.1):
        drawn = np.full(shape, pick(rng, type_.min, type_.max))
    else:
        drawn = rng.integers(type_.min, type_.max + 1, shape)
    return drawn.astype(type_.carrier)


def reach(of: QuantizedTensor) -> int:
    """Largest ``|q - zero_point|`` of a tensor."""
    return max(of.type.max - of.zero_point, of.zero_point - of.type.min)


def multiplier(rng: Rng, bound: int, output: QuantizedTensor, *, top: int = 30) -> Multiplier:
    """A multiplier that takes accumulators within +-bound to about the output's range.

    The result stays well within int32, and so does ``bound << shift``; `top` is the largest shift.
    """
    span = output.type.max - output.type.min
    factor = span / max(bound, 1) * 2.0 ** rng.uniform(-3, 5)
    mantissa, shift = quantize_multiplier(min(factor, 2.0**20))
    if mantissa and chance(rng, 0.2):
        mantissa = pick(rng, 1 << 30, INT32_MAX, 3 << 29)
    most = min(top, int(math.log2(INT32_MAX / (bound + 1))))
    return Multiplier(mantissa, min(shift, most))


def multipliers(
    rng: Rng, bounds: Int64Array, output: QuantizedTensor, *, top: int = 30
) -> tuple[Int32Array, Int32Array]:
    """One multiplier per channel, for accumulators within +-bounds; now and then one is 0."""
    pairs = [multiplier(rng, int(bound), output, top=top) for bound in bounds]
    if chance(rng, 0.1):
        pairs[0] = Multiplier(0, 0)
    mantissas, shifts = zip(*pairs, strict=True)
    return np.array(mantissas, np.int32), np.array(shifts, np.int32)


def limits(rng: Rng, output: QuantizedTensor) -> tuple[int, int]:
    """The limits of the type, of a fused Relu, or of a narrow clamp."""
    low, high = output.type.min, output.type.max
    kind = below(rng, 0, 3)
    if kind == 0:
        return output.zero_point, high
    if kind == 1:
        first, second = below(rng, low, high), below(rng, low, high)
        return min(first, second), max(first, second)
    return low, high


def bias(rng: Rng, channels: int, *, wide: bool) -> Int64Array:
    """Biases: mostly moderate, now and then as large as the accumulator allows."""
    largest = 2**40 if wide else 2**29
    scale = largest if chance(rng, 0.1) else pick(rng, 1, 1000, 100000)
    return rng.integers(-scale, scale + 1, channels, dtype=np.int64)


def interpolation_table(rng: Rng, low: int, high: int) -> Int32Array:
    """513 values within [low, high], smooth or not."""
    if chance(rng, 0.5):
        return rng.integers(low, high + 1, 513).astype(np.int32)
    return np.linspace(low, high, 513).round().astype(np.int32)


def wide_multiplier(rng: Rng, bound: int, output: QuantizedTensor) -> Multiplier:
    """A multiplier for 64-bit accumulators within +-bound; the result stays within int32."""
    span = output.type.max - output.type.min
    factor = span / max(bound, 1) * 2.0 ** rng.uniform(-3, 5)
    mantissa, shift = quantize_multiplier(min(factor, 2.0**10))
    if mantissa and chance(rng, 0.2):
        mantissa = pick(rng, 1 << 30, INT32_MAX, 3 << 29)
    return Multiplier(mantissa, shift)
