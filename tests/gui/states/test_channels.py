import numpy as np
import pytest

from tinyml_studio.gui.states.channels import MOST_CHANNELS, channel_strip
from tinyml_studio.quantize.ranges import weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

WEIGHTS = np.arange(-12, 12, dtype=np.float32).reshape(4, 2, 3)


def grid(granularity):
    return weight_params(WEIGHTS, bits=8, granularity=granularity, method=RangeMethod.MINMAX)


def test_every_channel_has_its_extremes_and_its_grid():
    strip = channel_strip(WEIGHTS, grid(Granularity.CHANNEL), 2)
    assert strip.low.tolist() == [-12, -6, 0, 6]
    assert strip.high.tolist() == [-7, -1, 5, 11]
    np.testing.assert_allclose(strip.limits, [12, 6, 5, 11], rtol=1e-6)
    assert strip.chosen == 2
    assert strip.tip(0).startswith("channel 0: −12 … −7")
    assert ((strip.low <= strip.lower) & (strip.upper <= strip.high)).all()


def test_one_scale_ends_every_channel_at_the_same_place():
    strip = channel_strip(WEIGHTS, grid(Granularity.TENSOR), None)
    np.testing.assert_allclose(strip.limits, [12] * 4, rtol=1e-6)


@pytest.mark.parametrize("shape", [(1, 9), (0, 3), (MOST_CHANNELS + 1, 1)])
def test_there_is_no_strip_where_it_tells_nothing(shape):
    assert channel_strip(np.zeros(shape, np.float32), None, None) is None


def test_tiny_weights_are_divided_by_a_power_of_ten():
    strip = channel_strip(WEIGHTS * np.float32(1e-30), None, 9)
    assert strip.exponent == -29
    assert strip.low[0] == pytest.approx(-1.2)
    assert strip.chosen is None
    assert strip.limits.size == 0
