"""The rounding rules against exact fractions."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.reference.arithmetic import mbqm, reduced_mbqm, rounded
from tinyml_studio.arith.fixed_point import multiply_by_quantized_multiplier
from tinyml_studio.arith.rounding import Rounding, divide, drop_bits, multiply, multiply_wide

EDGES = sorted({s * (2**k + d) for k in range(0, 63, 2) for d in (-1, 0, 1) for s in (1, -1)})
roundings = st.sampled_from(list(Rounding))
mantissas = st.integers(2**30, 2**31 - 1) | st.sampled_from([0, 2**30, 2**31 - 1, 3 << 29])


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        (Rounding.HALF_UP, [-2, -1, 0, 0, 0, 1, 1, 2, 3]),
        (Rounding.HALF_AWAY, [-3, -2, -1, 0, 0, 1, 1, 2, 3]),
        (Rounding.HALF_EVEN, [-2, -2, 0, 0, 0, 0, 1, 2, 2]),
        (Rounding.FLOOR, [-3, -2, -1, -1, 0, 0, 0, 1, 2]),
    ],
)
def test_ties_by_hand(rounding: Rounding, expected: list[int]) -> None:
    quarters = np.array([-10, -6, -2, -1, 0, 2, 3, 6, 10])
    assert drop_bits(quarters, 2, rounding).tolist() == expected
    assert divide(quarters, 4, rounding).tolist() == expected


def of_its_precision(mantissa: int, rounding: Rounding) -> int:
    """The mantissa with 24 significant bits where the rule has float32 factors."""
    return mantissa & -128 if rounding is Rounding.FLOAT32 else mantissa


@given(value=st.integers(-(2**62), 2**62) | st.sampled_from(EDGES), rounding=roundings)
def test_dropped_bits_are_those_of_the_exact_fraction(value: int, rounding: Rounding) -> None:
    for bits in (0, 1, 7, 31, 61, 62):
        assert drop_bits(value, bits, rounding) == rounded(value, 2**bits, rounding)


@given(value=st.integers(-(2**60), 2**60), divisor=st.integers(1, 2**40), rounding=roundings)
def test_quotients_are_those_of_the_exact_fraction(
    value: int, divisor: int, rounding: Rounding
) -> None:
    assert divide(value, divisor, rounding) == rounded(value, divisor, rounding)


@given(
    x=st.integers(-(2**31), 2**31 - 1) | st.sampled_from([e for e in EDGES if abs(e) < 2**31]),
    mantissa=mantissas,
    shift=st.integers(-31, 30),
    rounding=roundings,
)
def test_multiplications_are_the_plain_rule(
    x: int, mantissa: int, shift: int, rounding: Rounding
) -> None:
    x >>= max(shift, 0)  # what is shifted left fits int32
    mantissa = of_its_precision(mantissa, rounding)
    assert multiply(x, mantissa, shift, rounding) == mbqm(x, mantissa, shift, rounding)


@given(
    x=st.integers(-(2**47), 2**47 - 1), mantissa=mantissas, shift=st.integers(-31, 14),
    rounding=roundings,
)  # fmt: skip
def test_wide_multiplications_are_the_plain_rule(
    x: int, mantissa: int, shift: int, rounding: Rounding
) -> None:
    mantissa = of_its_precision(mantissa, rounding)
    try:
        expected = reduced_mbqm(x, mantissa, shift, rounding)
    except AssertionError:  # the result leaves int32
        assume(False)
    assert multiply_wide(x, mantissa, shift, rounding) == expected


@given(data=st.data(), rounding=roundings)
def test_every_rule_is_monotone(data: st.DataObject, rounding: Rounding) -> None:
    mantissa, shift = data.draw(mantissas), data.draw(st.integers(-31, 0))
    x = np.sort(np.array(data.draw(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=2))))
    assert (np.diff(multiply(x, mantissa, shift, rounding)) >= 0).all()


@given(x=st.integers(-(2**20), 2**20), mantissa=mantissas, shift=st.integers(0, 10))
def test_left_shifts_are_rounded_once_in_any_case(x: int, mantissa: int, shift: int) -> None:
    twice = multiply_by_quantized_multiplier(x, mantissa, shift)
    assert multiply(x, mantissa, shift, Rounding.HALF_UP) == twice


def test_one_and_two_roundings_differ_by_one_in_some_of_a_hundred() -> None:
    rng = np.random.default_rng(0)
    mantissa = rng.integers(2**30, 2**31, 2_000)[:, None]
    for shift, low, high in ((-5, 0.005, 0.024), (-6, 0.004, 0.012), (-8, 0.0005, 0.004)):
        acc = rng.integers(-127, 128, (2_000, 500)) << -shift
        acc += rng.integers(0, 1 << -shift, acc.shape)
        two = multiply(acc, mantissa, shift, Rounding.DOUBLE)
        one = multiply(acc, mantissa, shift, Rounding.HALF_UP)
        assert np.abs(two - one).max() == 1
        assert low < (two != one).mean() < high
