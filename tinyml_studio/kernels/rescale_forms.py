"""Ways to compute the rule of rescaling: proven float, estimated float, exact float64, int64."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tinyml_studio.arith.fixed_point import reduce_multiplier
from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.kernels.accumulate import Accumulators
from tinyml_studio.kernels.rescale_rule import Rule, along_channels

_HALF: Mapping[Rounding, float] = MappingProxyType(
    {Rounding.DOUBLE: 0.5, Rounding.HALF_UP: 0.5, Rounding.FLOOR: 0.0}
)
"""What is added before a product is rounded down; `HALF_EVEN` is what `numpy.rint` does."""

_PIECE = 1 << 16  # accumulators at a time, so that what is made of them stays in the L2 cache


@dataclass(frozen=True, eq=False)
class ProvenForm:
    """``clip(trunc(acc * factor + sign(acc) * half), low, high)`` in float32 or float64.

    One rounding with ties away from zero is a truncation after adding one half. TFLite's two
    roundings, away from zero in the second, are one after adding a little more than one half:
    ``0.5 + 2**-(n + 1)`` for a right shift by n. `negative` scales the sign of negative
    accumulators, because the first rounding takes ties up on that side.
    """

    factor: NDArray[np.floating[Any]]
    half: NDArray[np.floating[Any]]
    negative: float
    low: int
    high: int

    @classmethod
    def of(cls, rule: Rule, dtype: DTypeLike, negative: float) -> ProvenForm:
        """The form of a rule whose last rounding takes ties away from zero."""
        factor, half = rule.factors.astype(dtype), (0.5 + rule.first_rounding).astype(dtype)
        return cls(factor, half, negative, rule.low, rule.high)

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, float32; overwrites `acc` of the form's type."""
        dtype = self.factor.dtype
        values = acc if acc.dtype == dtype else acc.astype(dtype)
        factor, half = (along_channels(part, acc.ndim) for part in (self.factor, self.half))
        if self.low >= 0:  # what a negative accumulator gives is clipped in any case
            np.multiply(values, factor, out=values)
            np.add(values, half, out=values)
        else:
            signs = np.clip(values, dtype.type(-self.negative), dtype.type(1))
            np.multiply(signs, half, out=signs)
            np.multiply(values, factor, out=values)
            np.add(values, signs, out=values)
        np.trunc(values, out=values)
        np.clip(values, dtype.type(self.low), dtype.type(self.high), out=values)
        return values.astype(np.float32, copy=False)


@dataclass(frozen=True, eq=False)
class SteppedForm:
    """``clip(floor(acc * factor + half), low, high)``, or ``rint(acc * factor)``, in floats.

    A multiplier that is a power of two makes every product exact, and so the form.
    """

    rounding: Rounding
    factor: NDArray[np.floating[Any]]
    low: int
    high: int

    @classmethod
    def of(cls, rule: Rule, dtype: DTypeLike) -> SteppedForm:
        """The form of a rule with one rounding."""
        return cls(rule.rounding, rule.factors.astype(dtype), rule.low, rule.high)

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, float32; overwrites `acc` of the form's type."""
        dtype = self.factor.dtype
        values = acc if acc.dtype == dtype else acc.astype(dtype)
        np.multiply(values, along_channels(self.factor, acc.ndim), out=values)
        step(values, self.rounding)
        np.clip(values, dtype.type(self.low), dtype.type(self.high), out=values)
        return values.astype(np.float32, copy=False)


def step(values: NDArray[np.floating[Any]], rounding: Rounding) -> None:
    """Round products in place, to even or after adding what the rule adds."""
    if rounding is Rounding.HALF_EVEN:
        np.rint(values, out=values)
        return
    np.add(values, values.dtype.type(_HALF[rounding]), out=values)
    np.floor(values, out=values)


@dataclass(frozen=True, eq=False)
class EstimatedForm:
    """``clip(rint(acc * factor), low, high)`` in float32, and the rule wherever that is not sure.

    The float product differs from the real one by two roundings of at most 2**-24 of its size, and
    the rule's result is the nearest integer to a number that a first rounding may have moved; so
    both agree where the product is not farther from its nearest integer than `margin`. Products
    beyond the limits, less sure in absolute terms, are clipped.
    """

    rule: Rule
    factor: FloatArray
    margin: np.float32

    @classmethod
    def of(cls, rule: Rule) -> EstimatedForm:
        """The form of a rule that rounds to nearest, in one or two steps."""
        largest = max(abs(rule.low), abs(rule.high)) + 1
        margin = 0.5 - float(rule.first_rounding.max()) - largest * 2.0**-22
        return cls(rule, rule.factors.astype(np.float32), np.float32(margin))

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, in the place of the float32 accumulators."""
        result = np.ascontiguousarray(acc, np.float32)
        rows = result.reshape(len(result), -1)
        size = rows.shape[1]
        factor = np.repeat(self.factor, size // len(self.factor))
        step = max(1, _PIECE // size)
        places, single = [], []
        for begin in range(0, len(rows), step):
            piece = rows[begin : begin + step]
            product = piece * factor
            nearest = np.rint(product)
            np.subtract(product, nearest, out=product)
            np.abs(product, out=product)
            unsure = np.flatnonzero(product > self.margin)
            places.append(unsure + begin * size)
            single.append(piece.reshape(-1)[unsure])
            np.clip(nearest, np.float32(self.rule.low), np.float32(self.rule.high), out=piece)
        self._correct(rows, np.concatenate(places), np.concatenate(single))
        return result

    def _correct(self, rows: FloatArray, places: Int64Array, acc: FloatArray) -> None:
        """Put what the rule makes of these accumulators at flat `places` of the result."""
        channels = places % rows.shape[1] // (rows.shape[1] // len(self.factor))
        rows.reshape(-1)[places] = self.rule.exact_at(acc.astype(np.int64), channels)


@dataclass(frozen=True, eq=False)
class Float32Form:
    """The rule of `Rounding.FLOAT32`, whose accumulators and products are float32 values."""

    factor: FloatArray
    low: int
    high: int

    @classmethod
    def of(cls, rule: Rule) -> Float32Form:
        """The form of a rule; every factor is a float32 value."""
        return cls(rule.factors.astype(np.float32), rule.low, rule.high)

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point; overwrites float32 accumulators."""
        values: FloatArray = acc.astype(np.float32, copy=False)
        np.multiply(values, along_channels(self.factor, acc.ndim), out=values)
        np.rint(values, out=values)
        return np.clip(values, np.float32(self.low), np.float32(self.high), out=values)


@dataclass(frozen=True, eq=False)
class ReducedForm:
    """The rule with 16-bit multipliers in float64, where every step of it is exact."""

    rule: Rule

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, float32; overwrites float64 accumulators."""
        values = acc.astype(np.float64, copy=False)
        scale = np.exp2(self.rule.shift - 15.0)
        factor = reduce_multiplier(self.rule.mantissa) * scale
        np.multiply(values, along_channels(factor, acc.ndim), out=values)
        step(values, self.rule.rounding)
        np.clip(values, self.rule.low, self.rule.high, out=values)
        return values.astype(np.float32)


@dataclass(frozen=True, eq=False)
class IntegerForm:
    """The rule itself."""

    rule: Rule

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, float32."""
        return self.rule.exact(acc.astype(np.int64)).astype(np.float32)
