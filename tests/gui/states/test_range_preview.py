import math

import numpy as np
import pytest

from tinyml_studio.calibrate.statistics import stats_of
from tinyml_studio.gui.states.range_preview import range_model
from tinyml_studio.quantize.grids import activation_grid

NORMAL = np.random.default_rng(0).normal(0.3, 1.0, 200_000).astype(np.float32)


def measured(values, low, high, bits):
    grid = activation_grid(low, high, bits)
    real = grid.dequantize(grid.quantize(values)).astype(np.float64)
    error = ((real - values) ** 2).sum()
    return 10 * math.log10((values.astype(np.float64) ** 2).sum() / error)


def model(values, bits=8):
    return range_model(stats_of(values.reshape(1, -1)), bits=bits, powers_of_two=False)


@pytest.mark.parametrize("bits", [4, 8, 16])
@pytest.mark.parametrize("limits", [(-5.0, 5.0), (-1.0, 1.5), (0.0, 3.0), (-40.0, 40.0)])
def test_the_sqnr_is_that_of_the_values(limits, bits):
    preview = model(NORMAL, bits).preview(*limits)
    assert preview.sqnr_db == pytest.approx(measured(NORMAL, *limits, bits), abs=0.7)


def test_zeros_behind_a_relu_have_no_error():
    values = np.maximum(NORMAL, 0.0)
    assert model(values).preview(0.0, 4.0).sqnr_db == pytest.approx(
        measured(values, 0.0, 4.0, 8), abs=0.3
    )


def test_the_clipped_share_counts_what_lies_beyond_the_outermost_cells():
    preview = model(NORMAL).preview(-1.0, 1.0)
    half = (preview.high - preview.low) / 255 / 2
    outside = (preview.low - half > NORMAL) | (preview.high + half < NORMAL)
    assert preview.clipped == pytest.approx(outside.mean(), abs=2e-3)
    assert model(NORMAL).preview(-50.0, 50.0).clipped == 0.0


def test_a_range_is_widened_to_hold_zero():
    preview = model(NORMAL + 10).preview(8.0, 15.0)
    assert preview.low <= 0.0


@pytest.mark.parametrize("value", [0.0, 2.5])
def test_a_constant_has_no_range_to_choose(value):
    assert model(np.full(10, value, np.float32)) is None


def test_huge_values_are_finite():
    preview = model(np.array([-3e38, 1.0, 3e38], np.float32)).preview(-3e38, 3e38)
    assert math.isfinite(preview.sqnr_db)
