"""Fixed-point transcendental functions against float64 and against known raw values."""

import numpy as np
import pytest

from tests.reference import softmax as reference
from tinyml_studio.arith.gemmlowp import exp_on_negative_values, logistic, tanh

TAYLOR = 2.0**-15 / 120 * 1.15  # the fifth term at the end of the interval
STEPS = np.unique(
    np.concatenate([np.linspace(-(2**31) + 1, 2**31 - 1, 4001).astype(np.int64), [-1, 0, 1]])
)


def test_exp_is_that_of_the_plain_python_model():
    negative = STEPS[STEPS <= 0]
    found = exp_on_negative_values(negative, integer_bits=5)
    assert found.tolist() == [reference.exp_on_negative(int(raw)) for raw in negative]


@pytest.mark.parametrize("integer_bits", [0, 4, 5])
def test_exp_is_as_close_as_its_taylor_polynomial(integer_bits):
    negative = STEPS[STEPS <= 0]
    real = np.exp(negative * 2.0 ** (integer_bits - 31))
    found = exp_on_negative_values(negative, integer_bits=integer_bits) / 2.0**31
    assert np.abs(found - real).max() < TAYLOR


def test_logistic_and_tanh_are_close_to_the_real_ones():
    x = STEPS * 2.0**-27
    assert np.abs(logistic(STEPS, integer_bits=4) / 2.0**31 - 1 / (1 + np.exp(-x))).max() < TAYLOR
    assert np.abs(tanh(STEPS, integer_bits=4) / 2.0**31 - np.tanh(x)).max() < TAYLOR


def test_logistic_at_zero_is_one_half_and_tanh_is_odd():
    assert logistic(np.array([0]), integer_bits=4).tolist() == [1 << 30]
    assert np.array_equal(tanh(-STEPS, integer_bits=4), -tanh(STEPS, integer_bits=4))
