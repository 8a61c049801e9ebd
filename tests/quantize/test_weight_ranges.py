"""Grids of weights: integers within their range, and the least squared error."""

import numpy as np
import pytest

from tinyml_studio.quantize.grids import MIN_SCALE, weight_limits
from tinyml_studio.quantize.range_methods import weight_mse
from tinyml_studio.quantize.ranges import weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

RNG = np.random.default_rng(5)
METHODS = tuple(RangeMethod)
CHANNEL, TENSOR = Granularity.CHANNEL, Granularity.TENSOR


def normal(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def params_of(weight, bits, *, granularity=CHANNEL, method=RangeMethod.MINMAX, **options):
    return weight_params(weight, bits=bits, granularity=granularity, method=method, **options)


def errors(params, weight):
    """Sum of squared errors per channel."""
    gap = params.dequantize(params.quantize(weight)).astype(np.float64) - weight
    return (gap.reshape(len(weight), -1) ** 2).sum(axis=1)


@pytest.mark.parametrize("bits", range(2, 9))
def test_minmax_is_symmetric_and_narrow(bits):
    weight = normal(6, 3, 3, 4)
    params = params_of(weight, bits)
    integers = params.quantize(weight)
    reach = 2 ** (bits - 1) - 1
    assert np.abs(integers).reshape(6, -1).max(axis=1).tolist() == [reach] * 6
    assert params.zero_point == 0
    assert params.scale == pytest.approx(np.abs(weight).reshape(6, -1).max(axis=1) / reach)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bits", range(1, 9))
def test_one_scale_per_channel_or_in_all(method, bits):
    weight = normal(5, 7)
    assert params_of(weight, bits, method=method).scale.shape == (5,)
    whole = params_of(weight, bits, method=method, granularity=TENSOR)
    assert whole.scale.shape == (1,)
    assert whole.quantize(weight).dtype == np.int8
    assert np.array_equal(whole.scale, whole.scale.astype(np.float32))


@pytest.mark.parametrize("method", METHODS)
def test_one_bit_is_the_mean_magnitude(method):
    weight = normal(4, 9)
    params = params_of(weight, 1, method=method)
    assert params.scale == pytest.approx(np.abs(weight).mean(axis=1))
    assert set(params.quantize(weight).ravel().tolist()) == {-1, 1}


@pytest.mark.parametrize("bits", range(2, 9))
@pytest.mark.parametrize("granularity", [CHANNEL, TENSOR])
def test_mse_beats_every_scale_of_a_fine_search(bits, granularity):
    weight = normal(6, 50) * np.array([[1], [0.1], [3], [1e-3], [1], [2]], np.float32)
    found = params_of(weight, bits, method=RangeMethod.MSE, granularity=granularity)
    low = weight_limits(bits)[0] - (bits < 8)
    assert (found.low, found.high) == (low, weight_limits(bits)[1])
    rows = weight.reshape(6 if granularity is CHANNEL else 1, -1).astype(np.float64)
    least = np.full(len(rows), np.inf)
    for ratio in np.linspace(0.05, 1.2, 600):
        scale = np.abs(rows).max(axis=1, keepdims=True) / found.high * ratio
        steps = np.clip(np.rint(rows / scale), found.low, found.high)
        least = np.minimum(least, ((steps * scale - rows) ** 2).sum(axis=1))
    reached = errors(found, weight).reshape(len(rows), -1).sum(axis=1)
    assert (reached <= least * (1.0 + 1e-4)).all()


@pytest.mark.parametrize("bits", range(2, 9))
def test_the_search_in_large_tensors_is_nearly_exact(bits, monkeypatch):
    weight = normal(20, 600)  # the search is for long rows
    exact = errors(params_of(weight, bits, method=RangeMethod.MSE), weight)
    monkeypatch.setattr(weight_mse, "_EXACT_EVENTS", 0)
    monkeypatch.setattr(weight_mse, "_solve_exactly", None)  # so that a call fails
    searched = errors(params_of(weight, bits, method=RangeMethod.MSE), weight)
    assert (searched <= exact * 1.15).all()
    assert searched.sum() <= exact.sum() * 1.01


def test_percentile_ignores_an_outlier():
    weight = normal(1, 10_000)
    spiked = weight.copy()
    spiked[0, 0] = 1000.0
    plain = params_of(weight, 8, method=RangeMethod.PERCENTILE, percentile=99.9)
    assert params_of(
        spiked, 8, method=RangeMethod.PERCENTILE, percentile=99.9
    ).scale == pytest.approx(plain.scale, rel=0.1)


def test_entropy_keeps_a_uniform_row():
    weight = RNG.uniform(-1, 1, (1, 100_000)).astype(np.float32)
    params = params_of(weight, 8, method=RangeMethod.ENTROPY)
    assert params.scale[0] * 127 == pytest.approx(1.0, rel=0.05)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bits", [2, 4, 8])
def test_a_dead_channel_gets_the_median_scale_of_the_others(method, bits):
    weight = normal(5, 30)
    weight[2] = 0.0
    params = params_of(weight, bits, method=method)
    others = np.delete(params.scale, 2)
    assert params.scale[2] == pytest.approx(np.median(others))
    assert not params.quantize(weight)[2].any()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bits", range(1, 9))
@pytest.mark.parametrize(
    "weight",
    [
        np.zeros((3, 4), np.float32),
        np.full((2, 3), 1e-41, np.float32),
        np.full((2, 3), 3.4e38, np.float32),
        np.array([[3.4e38, -1e-45]], np.float32),
    ],
    ids=["zeros", "denormal", "huge", "mixed"],
)
def test_degenerate_weights_get_a_sane_scale(method, bits, weight):
    scale = params_of(weight, bits, method=method).scale
    assert np.isfinite(scale).all()
    assert (scale >= MIN_SCALE).all()
    assert (scale <= np.finfo(np.float32).max).all()
