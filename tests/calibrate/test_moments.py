"""Sums and extremes agree with plain NumPy, however the values are shaped or cut."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.calibrate.moments import moments_of


@given(st.integers(1, 400), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_moments_are_those_of_numpy(rows, channels, seed):
    values = np.random.default_rng(seed).normal(size=(rows, channels)).astype(np.float32)
    found = moments_of(values)
    exact = values.astype(np.float64)
    assert found.rows == rows
    np.testing.assert_array_equal(found.low, values.min(axis=0))
    np.testing.assert_array_equal(found.high, values.max(axis=0))
    np.testing.assert_allclose(found.total, exact.sum(axis=0), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.squares, np.square(exact).sum(), rtol=1e-12)


@pytest.mark.parametrize("shape", [(5,), (5, 3), (2, 3000), (50_000, 3), (3, 4, 5, 6), (4, 1)])
def test_any_rank_is_taken(shape):
    values = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    found = moments_of(values)
    assert found.low.shape == (shape[-1] if len(shape) > 1 else 1,)
    assert found.low.min() == values.min()
    np.testing.assert_allclose(found.total.sum(), values.sum(dtype=np.float64), atol=1e-9)


def test_squares_do_not_overflow():
    assert moments_of(np.full((4, 2), 3e38, np.float32)).squares == pytest.approx(8 * 9e76)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_show_in_the_extremes(bad):
    values = np.zeros((700, 16), np.float32)
    values[333, 5] = bad
    found = moments_of(values)
    assert not np.isfinite([found.low[5], found.high[5]]).all()


def test_strided_values_are_read_in_order():
    values = np.arange(24, dtype=np.float32).reshape(2, 3, 4).transpose(0, 2, 1)
    np.testing.assert_array_equal(moments_of(values).low, values.min(axis=(0, 1)))
