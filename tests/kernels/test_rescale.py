"""The float forms of rescaling equal the integer rule for every accumulator within the bounds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reference.arithmetic import clamp, mbqm, reduced_mbqm
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.kernels.rescale import fastest, is_proven
from tinyml_studio.kernels.rescale_forms import (
    EstimatedForm,
    IntegerForm,
    ProvenForm,
    ReducedForm,
    SteppedForm,
)
from tinyml_studio.kernels.rescale_rule import Rule

mantissas = st.integers(2**30, 2**31 - 1) | st.sampled_from([2**30, 2**31 - 1, 3 * 2**29])


roundings = st.sampled_from(list(Rounding))
in_fixed_point = roundings.filter(lambda rounding: rounding is not Rounding.FLOAT32)


def rule_of(
    mantissa: int, shift: int, low: int, high: int, bound: int,
    *, reduced: bool = False, rounding: Rounding = Rounding.DOUBLE,
) -> Rule:  # fmt: skip
    return Rule(
        np.array([mantissa]), np.array([shift]), low, high, np.array([bound]), reduced, rounding
    )


def everything(bound: int) -> np.ndarray:
    """All accumulators within the bound, as one row of one channel."""
    return np.arange(-bound, bound + 1, dtype=np.float64)[None, None]


@settings(max_examples=100, deadline=None)
@given(mantissa=mantissas, shift=st.integers(-16, 1), low=st.integers(-255, 0), rounding=roundings)
def test_the_chosen_form_is_exact_for_every_accumulator(
    mantissa: int, shift: int, low: int, rounding: Rounding
) -> None:
    bound = 40_000
    rule = rule_of(mantissa, shift, low, low + 255, bound, rounding=rounding)
    computed = fastest(rule)(everything(bound).astype(np.float32))
    expected = rule.exact(everything(bound).astype(np.int64))
    np.testing.assert_array_equal(computed, expected)


@settings(max_examples=300)
@given(
    mantissa=mantissas | st.just(0), shift=st.integers(-31, 4), low=st.integers(-255, 255),
    rounding=in_fixed_point,
)  # fmt: skip
def test_thresholds_are_where_the_rule_rises(
    mantissa: int, shift: int, low: int, rounding: Rounding
) -> None:
    rule = rule_of(mantissa, shift, low, low + 7, 2**26, rounding=rounding)
    for level, threshold in enumerate(rule.thresholds[0].tolist(), start=low + 1):
        if abs(threshold) <= 2**26:  # the bound itself is an accumulator
            assert mbqm(threshold, mantissa, shift, rounding) >= level
            assert mbqm(threshold - 1, mantissa, shift, rounding) < level
        elif threshold > 0:
            assert mbqm(2**26, mantissa, shift, rounding) < level
        else:
            assert mbqm(-(2**26), mantissa, shift, rounding) >= level


@given(
    mantissa=mantissas, shift=st.integers(-31, 10), acc=st.integers(-(2**37) + 1, 2**37 - 1),
    rounding=in_fixed_point.filter(lambda rounding: rounding is not Rounding.HALF_AWAY),
)  # fmt: skip
def test_sixteen_bit_multipliers_are_exact_in_float64(
    mantissa: int, shift: int, acc: int, rounding: Rounding
) -> None:
    limits = -(2**15), 2**15 - 1
    rule = rule_of(mantissa, shift, *limits, 2**37 - 1, reduced=True, rounding=rounding)
    try:
        expected = clamp(reduced_mbqm(acc, mantissa, shift, rounding), *limits)
    except AssertionError:  # the result leaves int32, which the bounds of a program exclude
        return
    form = fastest(rule)
    assert isinstance(form, ReducedForm)
    assert form(np.array([[float(acc)]])).tolist() == [[expected]]


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(), shift=st.integers(-18, -5), high=st.sampled_from([127, 2**15 - 1]),
    rounding=in_fixed_point.filter(lambda rounding: rounding is not Rounding.FLOOR),
)  # fmt: skip
def test_an_estimate_is_exact_near_every_step(
    data: st.DataObject, shift: int, high: int, rounding: Rounding
) -> None:
    mantissa = np.array(data.draw(st.lists(mantissas, min_size=3, max_size=3)))
    bound = 2**24 - 1
    rule = Rule(mantissa, np.full(3, shift), -high - 1, high, np.full(3, bound), False, rounding)
    near = np.clip(rule.thresholds[:, :: max(1, high // 100)], 1 - bound, bound - 1)
    acc = np.concatenate([near - 1, near, near + 1], axis=1)[None]
    computed = EstimatedForm.of(rule)(acc.astype(np.float32))
    np.testing.assert_array_equal(computed, rule.exact(acc))


def test_layers_of_a_real_size_take_the_estimate() -> None:
    rng = np.random.default_rng(0)
    mantissa = rng.integers(2**30, 2**31, 64)
    rule = Rule(mantissa, np.full(64, -11), -128, 127, np.full(64, 2**22), reduced=False)
    form = fastest(rule)
    assert isinstance(form, EstimatedForm)
    acc = rng.integers(-(2**19), 2**19, (2, 64, 5, 5))
    np.testing.assert_array_equal(form(acc.astype(np.float32)), rule.exact(acc))


def test_a_form_that_is_off_by_one_accumulator_has_no_proof() -> None:
    rule = rule_of(2**30 + 12345, -9, -128, 127, 2**20)
    right = ProvenForm.of(rule, np.float64, 1.0)
    assert is_proven(right, rule)
    for factor in (1 - 2e-6, 1 + 2e-6):
        wrong = ProvenForm(right.factor * factor, right.half, 1.0, rule.low, rule.high)
        assert not is_proven(wrong, rule)


@pytest.mark.parametrize("rounding", [Rounding.HALF_UP, Rounding.HALF_EVEN, Rounding.FLOOR])
def test_shifts_take_a_float_form_that_is_exact(rounding: Rounding) -> None:
    rule = rule_of(2**30, -9, -128, 127, 2**23, rounding=rounding)
    form = fastest(rule)
    assert isinstance(form, SteppedForm)
    assert form.factor.dtype == np.float32
    wrong = SteppedForm(rounding, form.factor * np.float32(1 + 2e-6), rule.low, rule.high)
    assert not is_proven(wrong, rule)


@pytest.mark.parametrize(
    ("bound", "reduced"), [(2**37, True), (2**24, False)], ids=["wide", "many levels"]
)
def test_what_no_float_form_holds_runs_in_integers(bound: int, reduced: bool) -> None:
    one = np.ones(64, np.int64)
    mantissa = one * (2**30 + 7)
    rule = Rule(mantissa, one * -6, -(2**15), 2**15 - 1, one * bound, reduced=reduced)
    assert isinstance(fastest(rule), IntegerForm)
