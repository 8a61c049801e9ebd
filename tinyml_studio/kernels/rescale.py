"""From accumulators to the output's grid: exact by rule, and fast where a proof allows it.

The rule is a step function f of the integer accumulator. It runs in int64, and in two faster ways:

`ProvenForm`
    A short float expression g, built only of operations that never fall (multiplication by a
    positive number, addition, clipping, truncation; rounding to nearest keeps order). f never
    falls either, and rises to each output level k at one accumulator, the threshold T(k), that
    integers give in closed form. So if ``g(T(k)) >= k`` and ``g(T(k) - 1) < k`` for every level
    and channel, g equals f for every accumulator within the bound. That is checked once.
`EstimatedForm`
    ``rint(acc * factor)`` in float32, whose error has a bound; the few accumulators that lie
    nearer to a step than that are computed again by the rule.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tinyml_studio.arith.fixed_point import (
    multiply_by_quantized_multiplier,
    multiply_by_reduced_multiplier,
    reduce_multiplier,
)
from tinyml_studio.arith.inttype import FloatArray, Int64Array
from tinyml_studio.arith.multiplier import Multiplier
from tinyml_studio.kernels.accumulate import EXACT_FLOAT32, EXACT_FLOAT64, Accumulators
from tinyml_studio.program.program import QuantizedTensor

_MOST_THRESHOLDS = 1 << 20  # a proof beyond this takes longer than it saves
_INT32_EDGE = 1 << 31
_PIECE = 1 << 16  # accumulators at a time, so that what is made of them stays in the L2 cache
_NEGATIVES = (1.0, 1.0 - 2.0**-20)
_LEAST_MARGIN = 0.45  # below it the rule would have to run for more than one in ten

Rescale = Callable[[Accumulators], FloatArray]


@dataclass(frozen=True, eq=False)
class Rule:
    """``clamp(MBQM(acc, mantissa, shift), low, high)``, one multiplier per channel.

    Parameters
    ----------
    mantissa, shift
        ``(C,)`` int64.
    low, high
        Limits counted from the output's zero point.
    bounds
        Worst-case magnitudes of the accumulators, ``(C,)``.
    reduced
        Whether 64-bit accumulators meet 16-bit multipliers.
    """

    mantissa: Int64Array
    shift: Int64Array
    low: int
    high: int
    bounds: Int64Array
    reduced: bool

    @classmethod
    def of_tensor(
        cls, multiplier: Multiplier, low: int, high: int, worst: int, output: QuantizedTensor
    ) -> Rule:
        """One multiplier for all of a tensor; `low` and `high` are integers of the output."""
        return cls(
            mantissa=np.array([multiplier.mantissa]),
            shift=np.array([multiplier.shift]),
            low=low - output.zero_point,
            high=high - output.zero_point,
            bounds=np.array([worst]),
            reduced=False,
        )

    def exact(self, acc: Int64Array) -> Int64Array:
        """The rule on accumulators ``(N, C, ...)``."""
        return self._exact(acc, _along(self.mantissa, acc.ndim), _along(self.shift, acc.ndim))

    def exact_at(self, acc: Int64Array, channels: Int64Array) -> Int64Array:
        """The rule on single accumulators ``(K,)`` of these channels."""
        return self._exact(acc, self.mantissa[channels], self.shift[channels])

    def _exact(self, acc: Int64Array, mantissa: Int64Array, shift: Int64Array) -> Int64Array:
        multiply = (
            multiply_by_reduced_multiplier if self.reduced else multiply_by_quantized_multiplier
        )
        return np.clip(multiply(acc, mantissa, shift), self.low, self.high)

    @property
    def factors(self) -> NDArray[np.float64]:
        """The real factor of every channel ``(C,)``."""
        return np.asarray(self.mantissa * np.exp2(self.shift - 31.0))

    @property
    def first_rounding(self) -> NDArray[np.float64]:
        """How far the first of two roundings can move a result, ``(C,)``, in output steps."""
        return np.where(self.shift < 0, np.exp2(self.shift - 1.0), 0.0)

    @cached_property
    def thresholds(self) -> Int64Array:
        """T(k) for k in (low, high], ``(C, high - low)``: the least acc rounded to k or up."""
        levels = np.arange(self.low + 1, self.high + 1, dtype=np.int64)
        mantissa, shift = self.mantissa[:, None], self.shift[:, None]
        right, left = np.maximum(-shift, 0), np.maximum(shift, 0)
        # the least result of the high multiplication that the right shift rounds to k
        half = (np.int64(1) << right) >> 1
        needed = (levels << right) - half + ((levels <= 0) & (right > 0))
        needed = np.clip(needed, -_INT32_EDGE, _INT32_EDGE)
        goal, factor = (needed << 31) - (1 << 30), mantissa << left
        unreachable = np.where(goal > 0, np.int64(1) << 62, -(np.int64(1) << 62))
        return np.where(factor > 0, -(-goal // np.maximum(factor, 1)), unreachable)


def _along(values: NDArray[Any], rank: int) -> NDArray[Any]:
    """Channel values, shaped to broadcast along the second of `rank` axes."""
    return values.reshape(-1, *(1,) * (rank - 2))


@dataclass(frozen=True, eq=False)
class ProvenForm:
    """``clip(trunc(acc * factor + sign(acc) * half), low, high)`` in float32 or float64.

    TFLite's two roundings, away from zero in the second, are a truncation after adding a little
    more than one half: ``0.5 + 2**-(n + 1)`` for a right shift by n. `negative` scales the sign
    of negative accumulators, because the first rounding takes ties up on that side.
    """

    factor: NDArray[np.floating[Any]]
    half: NDArray[np.floating[Any]]
    negative: float
    low: int
    high: int

    @classmethod
    def of(cls, rule: Rule, dtype: DTypeLike, negative: float) -> ProvenForm:
        """The form of a rule with two roundings."""
        factor, half = rule.factors.astype(dtype), (0.5 + rule.first_rounding).astype(dtype)
        return cls(factor, half, negative, rule.low, rule.high)

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, float32; overwrites `acc` of the form's type."""
        dtype = self.factor.dtype
        values = acc if acc.dtype == dtype else acc.astype(dtype)
        factor, half = (_along(part, acc.ndim) for part in (self.factor, self.half))
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
class EstimatedForm:
    """``clip(rint(acc * factor), low, high)`` in float32, and the rule wherever that is not sure.

    The float product differs from the real one by two roundings of at most 2**-24 of its size, and
    the rule's result is the nearest integer to a number that the first rounding may have moved; so
    both agree where the product is not farther from its nearest integer than `margin`. Products
    beyond the limits, less sure in absolute terms, are clipped.
    """

    rule: Rule
    factor: FloatArray
    margin: np.float32

    @classmethod
    def of(cls, rule: Rule) -> EstimatedForm:
        """The form of a rule with two roundings."""
        largest = max(abs(rule.low), abs(rule.high)) + 1
        margin = 0.5 - float(rule.first_rounding.max()) - largest * 2.0**-22
        return cls(rule, rule.factors.astype(np.float32), np.float32(margin))

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, in the place of the float32 accumulators."""
        result = np.ascontiguousarray(acc, np.float32)
        size = math.prod(result.shape[1:])
        step = max(1, _PIECE // max(1, size))
        places, single = [], []
        for begin in range(0, len(result), step):
            piece = result[begin : begin + step]
            product = piece * _along(self.factor, acc.ndim)
            nearest = np.rint(product)
            np.subtract(product, nearest, out=product)
            np.abs(product, out=product)
            unsure = np.flatnonzero(product > self.margin)
            places.append(unsure + begin * size)
            single.append(piece.reshape(-1)[unsure])
            np.clip(nearest, np.float32(self.rule.low), np.float32(self.rule.high), out=piece)
        self._correct(result, np.concatenate(places), np.concatenate(single))
        return result

    def _correct(self, result: FloatArray, places: Int64Array, acc: FloatArray) -> None:
        """Put what the rule makes of these accumulators at flat `places` of the result."""
        channels = places // math.prod(result.shape[2:]) % len(self.factor)
        result.reshape(-1)[places] = self.rule.exact_at(acc.astype(np.int64), channels)


@dataclass(frozen=True, eq=False)
class ReducedForm:
    """The rule with 16-bit multipliers in float64, where every step of it is exact."""

    rule: Rule

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, float32; overwrites float64 accumulators."""
        values = acc.astype(np.float64, copy=False)
        scale = np.exp2(self.rule.shift - 15.0)
        factor = reduce_multiplier(self.rule.mantissa) * scale
        np.multiply(values, _along(factor, acc.ndim), out=values)
        np.add(values, 0.5, out=values)
        np.floor(values, out=values)
        np.clip(values, self.rule.low, self.rule.high, out=values)
        return values.astype(np.float32)


@dataclass(frozen=True, eq=False)
class IntegerForm:
    """The rule itself."""

    rule: Rule

    def __call__(self, acc: Accumulators) -> FloatArray:
        """Values counted from the zero point, float32."""
        return self.rule.exact(acc.astype(np.int64)).astype(np.float32)


def fastest(rule: Rule) -> Rescale:
    """The fastest form that is exact for every accumulator in the rule's bounds."""
    worst = int(rule.bounds.max())
    if rule.reduced:
        # acc * reduced + half is an integer below 2**53, and a power of two scales it
        fits = worst < (EXACT_FLOAT64 >> 16)
        return ReducedForm(rule) if fits else IntegerForm(rule)
    if worst < EXACT_FLOAT32:
        proven = _first_proven(rule, np.float32)
        if proven is not None:
            return proven
        estimated = EstimatedForm.of(rule)
        if estimated.margin >= _LEAST_MARGIN:
            return estimated
    return _first_proven(rule, np.float64) or IntegerForm(rule)


def _first_proven(rule: Rule, dtype: DTypeLike) -> ProvenForm | None:
    """A proven form of that type, if there is one."""
    if len(rule.bounds) * (rule.high - rule.low) > _MOST_THRESHOLDS:
        return None
    forms = (ProvenForm.of(rule, dtype, negative) for negative in _NEGATIVES)
    return next((form for form in forms if is_proven(form, rule)), None)


def is_proven(form: ProvenForm, rule: Rule) -> bool:
    """Whether the form crosses every level exactly at its threshold, within the bounds."""
    thresholds = rule.thresholds
    bound = rule.bounds[:, None]
    levels = np.arange(rule.low + 1, rule.high + 1)
    dtype = form.factor.dtype
    at = np.clip(thresholds, -bound, bound).astype(dtype)[None]
    before = np.clip(thresholds - 1, -bound, bound).astype(dtype)[None]
    reached = (form(at)[0] >= levels) | (thresholds > bound)
    not_yet = (form(before)[0] < levels) | (thresholds - 1 < -bound)
    return bool(reached.all() and not_yet.all())
