"""The histogram is exact, and depends on the values only."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tinyml_studio.calibrate.histogram import MOST_BINS, histogram_of

FINITE = st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=True)
SOME = arrays.arrays(np.float32, st.integers(1, 60), elements=FINITE)
TAME = arrays.arrays(np.float32, st.integers(1, 60), elements=st.floats(-4, 300, width=32))
VALUES = st.one_of(SOME, TAME)


def histogram(values):
    return histogram_of(values, float(values.min()), float(values.max()))


def same(a, b):
    assert (a.exponent, a.first) == (b.exponent, b.first)
    np.testing.assert_array_equal(a.counts, b.counts)


@given(VALUES)
def test_every_value_is_counted_between_the_edges_of_its_bin(values):
    h = histogram(values)
    assert h.edges.size == h.counts.size + 1
    inner = np.searchsorted(h.edges, np.sort(values).astype(np.float64), side="right") - 1
    np.testing.assert_array_equal(np.bincount(inner, minlength=h.counts.size), h.counts)


@given(VALUES)
def test_bins_are_few_and_as_narrow_as_their_number_allows(values):
    h = histogram(values)
    assert h.counts.size <= MOST_BINS
    assert h.counts[0] > 0
    assert h.counts[-1] > 0
    magnitude = float(np.abs(values).max()) or 1e-45
    last_bit = max(math.frexp(magnitude)[1] - 24, -149)
    assert h.exponent == last_bit or (h.exponent > last_bit and h.counts.size > MOST_BINS // 2)


@given(VALUES)
def test_zero_is_an_edge_when_the_values_reach_it(values):
    h = histogram(values)
    if values.min() < 0 <= values.max():
        assert 0.0 in h.edges


@given(VALUES, st.integers(0, 60), st.randoms(use_true_random=False))
def test_parts_merge_to_the_histogram_of_the_whole(values, cut, random):
    parts = [part for part in np.split(values, [min(cut, values.size)]) if part.size]
    random.shuffle(parts)
    merged = histogram(parts[0])
    for part in parts[1:]:
        merged = merged.merged(histogram(part))
    same(merged, histogram(values))


@given(SOME, SOME, SOME)
def test_merging_is_associative_and_commutative(a, b, c):
    x, y, z = map(histogram, (a, b, c))
    same(x.merged(y).merged(z), z.merged(x).merged(y))


@pytest.mark.parametrize(
    "values",
    [
        [0.0],
        [-0.0, 0.0],
        [1.0] * 5,
        [-3.4e38, 3.4e38],
        [3.4028235e38],
        [1e-45],
        [-1e-45, 1e-45],
        [-1e-45, 3e38],
        [1.0, np.nextafter(np.float32(1), np.float32(2))],
        [1e30, 1e-30, -1e-30],
    ],
    ids=str,
)
def test_ranges_that_numpy_histogram_refuses(values):
    values = np.array(values, np.float32)
    h = histogram(values)
    assert h.total == values.size
    assert h.edges[0] <= values.min()
    assert h.edges[-1] > values.max()


def test_equal_values_share_one_bin():
    assert histogram(np.full(1000, 0.1, np.float32)).counts.tolist() == [1000]


def test_the_bins_may_be_as_many_as_are_allowed():
    values = np.arange(MOST_BINS, dtype=np.float32)
    h = histogram(values)
    assert (h.exponent, h.counts.size) == (0, MOST_BINS)
    same(histogram(values[:9]).merged(histogram(values[9:])), h)


def test_many_values_agree_with_numpy():
    values = np.random.default_rng(0).normal(size=200_000).astype(np.float32)
    h = histogram(values)
    np.testing.assert_array_equal(h.counts, np.histogram(values.astype(np.float64), h.edges)[0])
