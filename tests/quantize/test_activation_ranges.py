"""Grids of activations: what they cover, and that no input gives a garbage scale."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.calibrate.statistics import stats_of
from tinyml_studio.errors import SchemeError
from tinyml_studio.quantize.grids import MIN_SCALE
from tinyml_studio.quantize.ranges import RANGE_METHODS, activation_params
from tinyml_studio.quantize.scheme import RangeMethod

RNG = np.random.default_rng(3)
METHODS = tuple(RangeMethod)
BITS = (4, 8, 16)


def params_of(values, *, bits=8, method=RangeMethod.MINMAX, **options):
    stats = stats_of(np.asarray(values, np.float32).reshape(-1, 1))
    return activation_params(stats, bits=bits, method=method, **options)


def squared_error(params, values):
    return float(np.mean((params.dequantize(params.quantize(values)) - values) ** 2))


def test_every_range_method_is_registered():
    assert set(RANGE_METHODS) == set(RangeMethod)


@pytest.mark.parametrize(
    ("values", "bits", "scale", "zero_point"),
    [
        ([-1.0, 1.55], 8, 2.55 / 255, -28),
        ([0.0, 2.55], 8, 2.55 / 255, -128),
        ([1.0, 2.55], 8, 2.55 / 255, -128),
        ([-2.55, -1.0], 8, 2.55 / 255, 127),
        ([-0.5, 1.0], 4, 0.1, -3),
        ([-0.5, 1.0], 16, 1.0 / 32767, 0),
        ([-2.0, 1.0], 16, 2.0 / 32767, 0),
        ([0.0, 0.0], 8, 1.0 / 128, 0),
        ([0.0, 0.0], 16, 1.0 / 32768, 0),
        ([5.1, 5.1], 8, 5.1 / 255, -128),
    ],
)
def test_minmax_grid(values, bits, scale, zero_point):
    params = params_of(values, bits=bits)
    assert params.scale == pytest.approx([scale], rel=1e-6)
    assert params.zero_point == zero_point
    assert (params.low, params.high) == (IntType(bits).min, IntType(bits).max)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bits", BITS)
@pytest.mark.parametrize(
    "values",
    [
        [0.0],
        [1e-40, -1e-42],
        [1e-40],
        [3e38, -3e38],
        [3.4e38],
        [-1.0],
        [1.0, np.nextafter(np.float32(1), np.float32(2))],
        [0.0] * 1000 + [1e30],
    ],
    ids=["zeros", "denormals", "denormal", "huge", "largest", "constant", "one ulp", "outlier"],
)
def test_degenerate_tensors_get_a_sane_grid(method, bits, values):
    params = params_of(values, bits=bits, method=method)
    scale = float(params.scale[0])
    assert math.isfinite(scale)
    assert scale >= MIN_SCALE
    assert float(np.float32(scale)) == scale
    assert params.low <= params.zero_point <= params.high


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bits", BITS)
@given(
    values=st.lists(
        st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1, max_size=30
    )
)
@settings(max_examples=20, deadline=None)
def test_zero_is_always_on_the_grid(method, bits, values):
    params = params_of(values, bits=bits, method=method)
    assert params.dequantize(params.quantize(np.zeros(1))) == 0.0


@pytest.mark.parametrize("bits", [4, 8])
def test_minmax_clips_nothing_by_more_than_the_rounding_of_zero(bits):
    values = RNG.uniform(-1, 3, 500).astype(np.float32)
    params = params_of(values, bits=bits)
    error = np.abs(params.dequantize(params.quantize(values)) - values)
    assert error.max() <= params.scale[0] * 1.001


def test_percentile_leaves_out_half_of_the_rest_at_each_end():
    values = np.linspace(-1, 1, 20001, dtype=np.float32)
    params = params_of(values, method=RangeMethod.PERCENTILE, percentile=90.0)
    assert params.scale[0] * 255 == pytest.approx(1.8, abs=0.01)
    assert abs(params.zero_point) <= 1


def test_the_whole_percentile_is_minmax():
    values = RNG.normal(size=1000)
    whole = params_of(values, method=RangeMethod.PERCENTILE, percentile=100.0)
    assert whole.scale == params_of(values).scale


@pytest.mark.parametrize("shape", ["normal", "laplace", "one-sided", "shifted", "relu6"])
@pytest.mark.parametrize("bits", [4, 8])
def test_mse_is_the_best_of_a_brute_search(shape, bits):
    values = RNG.laplace(size=20000) if shape == "laplace" else RNG.normal(size=20000)
    if shape == "one-sided":
        values = np.maximum(values, 0)
    elif shape == "shifted":
        values = values + 2.5
    elif shape == "relu6":
        values = np.clip(values * 4, 0, 6)
    found = squared_error(params_of(values, bits=bits, method=RangeMethod.MSE), values)
    tried = [
        squared_error(
            params_of(values, bits=bits, manual=(values.min() * low, values.max() * high)), values
        )
        for low in np.linspace(0.3, 1.0, 15)
        for high in np.linspace(0.3, 1.0, 15)
    ]
    assert found <= min(tried) * 1.02


def test_mse_keeps_everything_at_16_bits():
    values = RNG.normal(size=5000)
    assert (
        params_of(values, bits=16, method=RangeMethod.MSE).scale == params_of(values, bits=16).scale
    )


def test_entropy_clips_a_far_outlier_and_keeps_a_uniform_distribution():
    uniform = RNG.uniform(-1, 1, 200_000)
    kept = params_of(uniform, method=RangeMethod.ENTROPY)
    assert kept.scale[0] * 255 == pytest.approx(2.0, rel=0.05)
    normal = np.append(RNG.normal(size=200_000), [30.0])
    clipped = params_of(normal, method=RangeMethod.ENTROPY)
    assert clipped.scale[0] < params_of(normal).scale[0] * 0.5


@pytest.mark.parametrize("method", METHODS)
def test_a_manual_range_wins_and_is_widened_to_hold_zero(method):
    params = params_of([-7.0, 9.0], method=method, manual=(1.0, 2.55))
    assert params.scale == pytest.approx([0.01], rel=1e-6)
    assert params.zero_point == -128


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ((2.0, 1.0), "empty"),
        ((0.0, 0.0), "empty"),
        ((math.nan, 1.0), "not finite"),
        ((0.0, math.inf), "not finite"),
        ((0.0, 1e39), "not finite"),
    ],
)
def test_a_manual_range_that_covers_nothing_is_refused(limits, reason):
    with pytest.raises(SchemeError, match=reason):
        params_of([1.0], manual=limits)
