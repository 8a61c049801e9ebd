import math

import numpy as np
import pytest

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.calibrate.statistics import stats_of
from tinyml_studio.gui.states.channels import channel_strip
from tinyml_studio.gui.states.histograms import activation_histogram, weight_histogram
from tinyml_studio.gui.states.weight_range import weight_ranges
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.quantize.ranges import weight_params
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

WEIGHTS = np.random.default_rng(3).laplace(size=(8, 3, 3, 16)).astype(np.float32)
LARGEST = float(np.finfo(np.float32).max)
SMALLEST = float(np.finfo(np.float32).smallest_subnormal)


def grid(weights, granularity, reach=None, bits=8):
    return weight_params(
        weights, bits=bits, granularity=granularity, method=RangeMethod.MINMAX, reach=reach
    )


@pytest.mark.parametrize("granularity", list(Granularity))
@pytest.mark.parametrize("bits", [2, 4, 8])
@pytest.mark.parametrize("limit", [1.0, 4.0])
def test_the_preview_is_what_lowering_makes_of_it(granularity, bits, limit):
    ranges = weight_ranges(
        WEIGHTS, bits=bits, per_channel=granularity == "channel", powers_of_two=False
    )
    preview = ranges.preview(-limit, limit)
    params = grid(WEIGHTS, granularity, ranges.reach(limit), bits)
    error = params.dequantize(params.quantize(WEIGHTS)).astype(np.float64) - WEIGHTS
    power = np.square(WEIGHTS, dtype=np.float64).sum()
    sqnr = 10 * math.log10(power / np.square(error).sum())
    assert preview.high == -preview.low == pytest.approx(limit, rel=1e-5)
    assert params.scale.max() * params.high == pytest.approx(limit, rel=1e-5)
    assert preview.sqnr_db == pytest.approx(sqnr, abs=0.01)


@pytest.mark.parametrize("weights", [np.zeros((2, 3)), np.zeros((0, 3))])
def test_without_a_largest_weight_there_is_no_range(weights):
    assert weight_ranges(weights, bits=8, per_channel=True, powers_of_two=False) is None


def test_one_bit_has_no_range():
    assert weight_ranges(WEIGHTS, bits=1, per_channel=True, powers_of_two=False) is None


KINDS = {
    "constant": np.full((1000, 1000), 0.25, np.float32),
    "few": np.tile(np.array([-1, 0, 1, 2], np.float32), 250_000).reshape(1000, 1000),
    "normal": np.random.default_rng(0).normal(size=(1000, 1000)).astype(np.float32),
    "largest": np.tile(np.array([-LARGEST, LARGEST], np.float32), 500_000).reshape(1000, 1000),
    "denormal": np.tile(np.array([-SMALLEST, SMALLEST], np.float32), 500_000).reshape(1000, 1000),
    "outlier": np.append(np.linspace(-1, 1, 999_999), 1e6).astype(np.float32).reshape(1000, 1000),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("granularity", list(Granularity))
def test_a_million_weights_of_every_kind_can_be_drawn_and_dragged(name, granularity):
    weights = KINDS[name]
    params = grid(weights, granularity)
    state = weight_histogram(weights, params)
    assert state.shares.sum() == pytest.approx(1.0)
    assert np.isfinite(state.edges).all()
    assert (np.diff(state.edges) > 0).all()
    strip = channel_strip(weights[:512], params if params.scale.size == 1 else None, None)
    assert np.isfinite(strip.high).all()
    ranges = weight_ranges(
        weights, bits=8, per_channel=granularity == "channel", powers_of_two=False
    )
    preview = ranges.preview(-1.0, float(ranges.largest.max()) / 2)
    assert not math.isnan(preview.sqnr_db)


@pytest.mark.parametrize("name", KINDS)
def test_activations_of_a_million_elements_are_drawn_from_their_statistics(name):
    stats = stats_of(KINDS[name])
    tensor = QuantizedTensor("t", (1,), IntType(8), max(stats.max, 1e-30) / 127, 0)
    state = activation_histogram(stats, tensor)
    assert state.shares.sum() == pytest.approx(1.0)
    assert np.isfinite(state.edges).all()
