import math
from itertools import pairwise

import numpy as np
import pytest

from tinyml_studio.gui.states.errors import (
    MOST_BARS,
    SLANT_DEGREES,
    ErrorBar,
    ErrorState,
    Metric,
    bar_tip,
    drawn_heights,
    drawn_scale,
    fitted_labels,
    worst_bars,
)
from tinyml_studio.gui.widgets.plots_bars import value_ticks

BARS = {
    "usual": [ErrorBar("a", "a", 46.0, 43.0), ErrorBar("b", "b", 1.8, -6.7)],
    "no error": [ErrorBar("a", "a", math.inf, math.inf)],
    "unknown": [ErrorBar("a", "a", None, math.nan)],
    "zero": [ErrorBar("a", "a", 0.0, 0.0)],
    "wide": [ErrorBar("a", "a", 1e-30, 1e20), ErrorBar("b", "b", 0.0, 1.0)],
    "none": [],
}


@pytest.mark.parametrize("metric", list(Metric))
@pytest.mark.parametrize("name", BARS)
def test_every_bar_ends_on_the_axis(metric, name):
    scale = drawn_scale(metric, BARS[name])
    assert scale.low < scale.high
    for kind in ("isolated", "cumulative"):
        ends = drawn_heights((getattr(bar, kind) for bar in BARS[name]), scale)
        assert len(ends) == len(BARS[name])
        assert np.all((scale.low <= ends) & (ends <= scale.high))
    assert 1 <= len(value_ticks(scale)) <= 40


def test_a_bar_ends_where_its_value_is():
    usual = drawn_scale(Metric.SQNR, [ErrorBar("a", "a", 46.0, -3.0)])
    values = [None, math.nan, math.inf, -math.inf, 46.0, -3.0]
    expected = [usual.base, usual.base, usual.high, usual.low, 46.0, -3.0]
    assert list(drawn_heights(values, usual)) == expected
    decades = drawn_scale(Metric.MSE, [ErrorBar("a", "a", 1e-4, 1.0)])
    assert decades.is_log
    heights = drawn_heights([1.0, 0.01, 1e-30, 0.0, -1.0, math.inf, None], decades)
    low, high, base = decades.low, decades.high, decades.base
    assert list(heights) == [0.0, -2.0, low, base, base, high, base]


def test_of_too_many_bars_the_worst_and_the_selected_are_kept():
    bars = [ErrorBar(str(n), str(n), 40.0, 40.0 - (n == 777)) for n in range(20_000)]
    kept = {bar.key for bar in worst_bars(bars, Metric.SQNR, "12345")}
    assert {"777", "12345"} <= kept
    assert len(kept) <= MOST_BARS
    assert worst_bars(bars[:9], Metric.MSE, "") == tuple(bars[:9])


def test_the_suspect_line_is_always_in_sight():
    assert drawn_scale(Metric.SQNR, [ErrorBar("a", "a", 3.0, 2.0)]).high > 10


@pytest.mark.parametrize("count", [1, 5, 17, 60, 500, 20_000])
def test_labels_never_touch(count):
    room, line = 900 / count, 14.0
    labels = fitted_labels([f"conv2d_{place}" for place in range(count)], room, 6.0, line)
    places = [place for place, _ in labels.texts]
    gaps = [(b - a) * room for a, b in pairwise(places)]
    if labels.slanted:
        assert all(gap * math.sin(math.radians(SLANT_DEGREES)) >= line for gap in gaps)
    else:
        assert all(len(text) * 6.0 < room for _, text in labels.texts)
    assert labels.texts


@pytest.mark.parametrize(("room", "stride"), [(40.0, 1), (16.0, 1), (13.0, 2), (3.0, 5)])
def test_short_names_are_left_out_rather_than_slanted(room, stride):
    labels = fitted_labels([str(place) for place in range(10)], room, 6.0, 14.0)
    assert not labels.slanted
    assert [place for place, _ in labels.texts] == list(range(0, 10, stride))


def test_no_layers_have_no_labels():
    assert fitted_labels([], 100.0, 6.0, 14.0).texts == ()


def test_a_layer_that_is_nearly_exact_does_not_press_the_others_down():
    bars = [ErrorBar("a", "a", 145.0, 145.0), ErrorBar("b", "b", 30.0, 20.0)]
    scale = drawn_scale(Metric.SQNR, bars)
    assert scale.high < 100
    assert list(drawn_heights([145.0, 30.0], scale)) == [scale.high, 30.0]
    assert "145.0 dB" in bar_tip(Metric.SQNR, bars[0])


def test_what_arrives_is_on_the_axis_and_in_the_line():
    bar = ErrorBar("a", "a", 40.0, 30.0, 75.0)
    assert drawn_scale(Metric.SQNR, [bar]).high > 75
    assert bar_tip(Metric.SQNR, bar).endswith("at the output 75.0 dB")
    assert ErrorState(bars=(bar,)).has_amplified
    assert not ErrorState(bars=tuple(BARS["usual"])).has_amplified


def test_the_line_about_a_bar_carries_units():
    assert bar_tip(Metric.SQNR, BARS["usual"][1]) == "b · alone 1.8 dB · so far −6.7 dB"
