"""From accumulators to the output's grid: exact by rule, and fast where a proof allows it.

The rule is a step function f of the integer accumulator. It runs in int64, and in faster ways:

`ProvenForm` and `SteppedForm`
    A short float expression g, built only of operations that never fall (multiplication by a
    positive number, addition, clipping, truncation; rounding keeps order). f never
    falls either, and rises to each output level k at one accumulator, the threshold T(k), that
    integers give in closed form. So if ``g(T(k)) >= k`` and ``g(T(k) - 1) < k`` for every level
    and channel, g equals f for every accumulator within the bound. That is checked once.
`Float32Form`
    The rule itself where it is one of float32 values.
`EstimatedForm`
    ``rint(acc * factor)`` in float32, whose error has a bound; the few accumulators that lie
    nearer to a step than that are computed again by the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import DTypeLike

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.kernels.accumulate import EXACT_FLOAT32, EXACT_FLOAT64, Accumulators
from tinyml_studio.kernels.rescale_forms import (
    EstimatedForm,
    Float32Form,
    IntegerForm,
    ProvenForm,
    ReducedForm,
    SteppedForm,
)
from tinyml_studio.kernels.rescale_rule import Rule

Rescale = Callable[[Accumulators], FloatArray]
FloatForm = ProvenForm | SteppedForm

_MOST_THRESHOLDS = 1 << 20  # a proof beyond this takes longer than it saves
_NEGATIVES: Mapping[Rounding, tuple[float, ...]] = MappingProxyType(
    {Rounding.DOUBLE: (1.0, 1.0 - 2.0**-20), Rounding.HALF_AWAY: (1.0,)}
)
"""Scales of the negative side to try, for rules that treat it apart."""

_LEAST_MARGIN = 0.45  # below it the rule would have to run for more than one in ten


def fastest(rule: Rule) -> Rescale:
    """The fastest form that is exact for every accumulator in the rule's bounds."""
    if rule.rounding is Rounding.FLOAT32:
        return Float32Form.of(rule)
    worst = int(rule.bounds.max())
    if rule.reduced:
        # acc * reduced + half is an integer below 2**53, and a power of two scales it
        fits = worst < (EXACT_FLOAT64 >> 16) and rule.rounding is not Rounding.HALF_AWAY
        return ReducedForm(rule) if fits else IntegerForm(rule)
    if worst < EXACT_FLOAT32:
        proven = _first_proven(rule, np.float32)
        if proven is not None:
            return proven
        estimated = EstimatedForm.of(rule)
        if estimated.margin >= _LEAST_MARGIN and rule.rounding is not Rounding.FLOOR:
            return estimated
    return _first_proven(rule, np.float64) or IntegerForm(rule)


def _first_proven(rule: Rule, dtype: DTypeLike) -> FloatForm | None:
    """A proven form of that type, if there is one."""
    if len(rule.bounds) * (rule.high - rule.low) > _MOST_THRESHOLDS:
        return None
    return next((form for form in _candidates(rule, dtype) if is_proven(form, rule)), None)


def _candidates(rule: Rule, dtype: DTypeLike) -> Iterator[FloatForm]:
    """Forms that may turn out to be the rule."""
    if rule.rounding in _NEGATIVES:
        for negative in _NEGATIVES[rule.rounding]:
            yield ProvenForm.of(rule, dtype, negative)
    else:
        yield SteppedForm.of(rule, dtype)


def is_proven(form: FloatForm, rule: Rule) -> bool:
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
