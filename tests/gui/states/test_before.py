from dataclasses import replace

import numpy as np
import pytest

from tinyml_studio.gui.states.before import Memory
from tinyml_studio.gui.states.drawing import drawn_curve
from tinyml_studio.gui.states.histograms import weight_histogram
from tinyml_studio.gui.states.layer_distribution import DistributionState
from tinyml_studio.quantize.ranges import weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

WEIGHTS = np.random.default_rng(1).normal(size=(4, 30)).astype(np.float32)


def state(bits, scale=1.0):
    weights = WEIGHTS * np.float32(scale)
    params = weight_params(
        weights, bits=bits, granularity=Granularity.TENSOR, method=RangeMethod.MINMAX
    )
    return DistributionState("conv", "", weight_histogram(weights, params))


def test_an_edit_shows_what_was_before_until_another_layer_is_chosen():
    memory = Memory()
    eight, four = state(8), state(4)
    assert memory.compared(eight, "conv").weights.before is None
    shown = memory.compared(four, "conv").weights
    np.testing.assert_array_equal(shown.before.shares, eight.weights.integer_shares)
    assert shown.before.limits == eight.weights.limits
    assert memory.compared(state(4), "conv").weights.before is not None, "nothing has changed"
    assert memory.compared(eight, "conv").weights.before.limits == four.weights.limits
    assert memory.compared(eight, "other").weights.before is None


def test_it_is_in_the_units_of_now():
    memory = Memory()
    memory.compared(state(8), "conv")
    shown = memory.compared(state(8, 1e9), "conv").weights
    assert shown.exponent >= 9
    assert max(map(abs, shown.before.limits)) < 1e-6


@pytest.mark.parametrize("log", [False, True])
def test_it_is_drawn_on_the_axis_of_now(log):
    memory = Memory()
    memory.compared(state(8), "conv")
    curve = drawn_curve(memory.compared(state(4), "conv").weights, log=log)
    assert curve.before_heights.size == curve.before_edges.size - 1
    assert 0 < curve.before_heights.max() <= curve.top * 2


def test_a_layer_without_a_program_has_nothing_before():
    memory = Memory()
    bare = replace(state(8), weights=weight_histogram(WEIGHTS, None))
    memory.compared(bare, "conv")
    assert memory.compared(state(8), "conv").weights.before is None
