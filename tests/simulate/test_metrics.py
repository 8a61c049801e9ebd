import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.simulate.metrics import (
    ErrorSums,
    cosine,
    error_sums,
    inner,
    max_abs,
    mse,
    sqnr_db,
)

F = np.array([3.0, -4.0], np.float32)


def test_figures_of_a_known_error():
    q = F + np.array([0.3, 0.4], np.float32)
    assert sqnr_db(F, q) == pytest.approx(20.0, abs=1e-5)
    assert mse(F, q) == pytest.approx(0.125)
    assert max_abs(F, q) == pytest.approx(0.4)
    assert cosine(F, q) == pytest.approx(24.3 / (5 * math.hypot(3.3, 3.6)))


@pytest.mark.parametrize(
    ("f", "q", "db", "angle"),
    [
        (F, F, math.inf, 1.0),
        (0 * F, 0 * F, math.inf, 1.0),
        (0 * F, F, -math.inf, 0.0),
        (F, 0 * F, 0.0, 0.0),
        (F, -F, 10 * math.log10(1 / 4), -1.0),
    ],
)
def test_edges(f, q, db, angle):
    assert sqnr_db(f, q) == pytest.approx(db)
    assert cosine(f, q) == pytest.approx(angle)


def test_nothing_compared_is_not_a_number():
    empty = np.zeros((0, 3), np.float32)
    assert math.isnan(sqnr_db(empty, empty))
    assert math.isnan(cosine(empty, empty))
    assert math.isnan(mse(empty, empty))
    assert max_abs(empty, empty) == 0.0


@given(st.integers(1, 30), st.integers(0, 5))
def test_batches_add_up(cut, seed):
    rng = np.random.default_rng(seed)
    f, q = rng.normal(size=(2, 31, 4))
    both = error_sums(f[:cut], q[:cut]) + error_sums(f[cut:], q[cut:])
    whole = error_sums(f, q)
    assert both.sqnr_db == pytest.approx(whole.sqnr_db)
    assert both.cosine == pytest.approx(whole.cosine)
    assert both.mse == pytest.approx(whole.mse)
    assert (both.max_abs, both.count) == (whole.max_abs, whole.count)
    assert whole + ErrorSums() == whole


@pytest.mark.parametrize("count", [0, 5, 8192, 100_003])
def test_long_sums_keep_their_precision(count):
    a = np.random.default_rng(0).uniform(0.5, 1.5, count).astype(np.float32)
    want = float((a.astype(np.float64) ** 2).sum())
    assert inner(a, a) == pytest.approx(want, rel=1e-6)
