import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.calibrate.statistics import stats_of
from tinyml_studio.gui.states.distribution import bin_values, extended_edges, spread_levels
from tinyml_studio.gui.states.drawing import drawn_curve, drawn_levels, share_ticks, x_ticks
from tinyml_studio.gui.states.histograms import (
    activation_histogram,
    joined_bins,
    level_counts,
    weight_histogram,
)
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.params import QuantParams

LARGEST = float(np.finfo(np.float32).max)
SMALLEST = float(np.finfo(np.float32).smallest_subnormal)

EXTREME = {
    "constant": np.full((4, 3), 0.25, np.float32),
    "zeros": np.zeros((4, 3), np.float32),
    "one value": np.array([[-7.5]], np.float32),
    "few values": np.array([[-1, 0, 1, 1, 0, -1]] * 4, np.float32),
    "one ulp": np.array([[1.0, np.nextafter(np.float32(1), np.float32(2))]], np.float32),
    "largest": np.array([[-LARGEST, 0.0, LARGEST]], np.float32),
    "denormal": np.array([[-SMALLEST, 0.0, 3 * SMALLEST]], np.float32),
    "outlier": np.concatenate((np.linspace(-1, 1, 999), [1e6])).astype(np.float32).reshape(1, -1),
}


def grid(values, bits=8):
    top = max(1, 2 ** (bits - 1) - 1)
    scale = max(float(np.abs(values.astype(np.float64)).max()), 1e-30) / top
    return QuantParams(IntType(bits), np.array([scale]), 0, -top, top)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
@pytest.mark.parametrize("name", EXTREME)
def test_weights_of_every_kind_can_be_drawn(name, bits):
    values = EXTREME[name]
    state = weight_histogram(values, grid(values, bits))
    assert state.shares.sum() == pytest.approx(1.0)
    assert np.all(np.diff(state.edges) > 0)
    assert np.isfinite(state.edges).all()
    assert np.abs(state.edges).max() < 1e6
    for log in (False, True):
        curve = drawn_curve(state, log=log)
        assert np.isfinite(curve.float_heights).all()
        assert curve.float_heights.max() <= curve.top
        assert share_ticks(curve)


@pytest.mark.parametrize("name", EXTREME)
def test_activations_of_every_kind_can_be_drawn(name):
    values = EXTREME[name]
    top = float(np.abs(values).max()) or 1.0
    tensor = QuantizedTensor("t", (3,), IntType(8), top / 127 or SMALLEST, 0)
    state = activation_histogram(stats_of(values), tensor)
    assert state.shares.sum() == pytest.approx(1.0)
    assert np.isfinite(state.edges).all()
    assert np.all(np.diff(state.edges) > 0)


@pytest.mark.parametrize(
    ("name", "words"),
    [("constant", "constant: every value is 0.25"), ("one value", "one value: −7.5"),
     ("few values", "3 distinct values"), ("outlier", "")],
)  # fmt: skip
def test_what_is_special_is_said(name, words):
    assert weight_histogram(EXTREME[name], None).note == words


def test_huge_values_are_divided_by_a_power_of_ten():
    state = weight_histogram(EXTREME["largest"], None)
    assert state.exponent == 38
    assert state.edges[-1] == pytest.approx(3.4028, rel=1e-4)


FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


@given(hnp.arrays(np.float32, st.integers(1, 300), elements=FLOATS))
def test_bins_count_every_value_once(values):
    edges, counts = bin_values(values)
    assert counts.sum() == values.size
    assert edges.size == counts.size + 1


def test_an_empty_tensor_has_no_bins():
    assert weight_histogram(np.zeros((0, 3), np.float32), None).note == "no values"


def test_spread_levels_lose_nothing_inside_the_edges():
    levels = np.array([[-1.0, 0.0, 1.0]])
    spread = spread_levels(
        levels, np.array([[2.0, 5.0, 3.0]]), np.array([1.0]), np.linspace(-2, 2, 9)
    )
    assert spread.sum() == pytest.approx(10.0)
    assert spread[3] == spread[4] == pytest.approx(2.5)


def test_integers_of_binary_weights_are_two_levels():
    params = QuantParams(IntType(1), np.array([0.5]), 0, -1, 1)
    counts = level_counts(np.array([[-1, 1, 1]], np.int8), params)
    assert counts.tolist() == [[1.0, 2.0]]


def test_clipped_weights_are_counted():
    values = np.array([[0.0, 0.5, 1.0, 5.0]], np.float32)
    params = QuantParams(IntType(8), np.array([1 / 127]), 0, -127, 127)
    assert "25.0 % clipped" in weight_histogram(values, params).facts


def test_clipped_activations_stand_at_the_end_of_the_grid():
    values = np.concatenate((np.linspace(0, 1, 900), np.full(100, 3.0))).astype(np.float32)
    tensor = QuantizedTensor("t", (1,), IntType(8), 1 / 255, -128)
    state = activation_histogram(stats_of(values.reshape(-1, 1)), tensor)
    assert "10.0 % clipped" in state.facts
    assert state.limits == pytest.approx((0.0, 1.0))
    beyond = state.edges[:-1] > 1.1
    assert state.integer_shares[beyond].sum() == 0
    assert state.shares[beyond].sum() == pytest.approx(0.1)


def test_a_grid_far_wider_than_its_values_does_not_squeeze_them():
    edges, counts = extended_edges(np.linspace(0, 1, 101), np.ones(100), -1e6, 1e6)
    assert counts.sum() == 100
    assert edges.size < 400


def test_joined_bins_keep_every_count():
    edges, counts = joined_bins(np.arange(2049.0), np.arange(2048.0))
    assert counts.sum() == np.arange(2048).sum()
    assert counts.size <= 160
    assert edges[0] == 0.0
    assert edges[-1] >= 2048.0


def test_a_bin_that_towers_is_cut_and_said_so():
    values = np.concatenate((np.zeros(900), np.linspace(0.1, 5, 900))).astype(np.float32)
    curve = drawn_curve(activation_histogram(stats_of(values.reshape(-1, 1)), None), log=False)
    assert curve.top < 0.1
    assert curve.cut.startswith("50 % at 0")
    assert not drawn_curve(
        activation_histogram(stats_of(values.reshape(-1, 1)), None), log=True
    ).cut


@pytest.mark.parametrize(("pixels", "is_drawn"), [(4000.0, True), (100.0, False)])
def test_levels_are_drawn_only_where_they_can_be_told_apart(pixels, is_drawn):
    values = np.linspace(-1, 1, 999, dtype=np.float32).reshape(1, -1)
    state = weight_histogram(values, grid(values, 8))
    assert bool(drawn_levels(state, pixels).size) is is_drawn


@pytest.mark.parametrize(("low", "high"), [(-0.5, 0.5), (0, 3e-4), (-3.4, 3.4), (99_990, 99_999)])
def test_x_ticks_lie_inside_and_differ(low, high):
    ticks = x_ticks(low, high)
    assert 1 <= len(ticks) <= 8
    assert all(low <= place <= high for place, _ in ticks)
    assert len({label for _, label in ticks}) == len(ticks)
