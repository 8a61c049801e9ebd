import numpy as np
import pytest

from tinyml_studio.app.sample_run import LayerRun
from tinyml_studio.arith.inttype import IntType
from tinyml_studio.gui.states.layer_look import best_columns, layer_look, mosaic_of, stepped
from tinyml_studio.program.program import QuantizedTensor


def run(shape, *, seed=0, saturated=0):
    integers = np.random.default_rng(seed).integers(-128, 128, shape).astype(np.int8)
    tensor = QuantizedTensor("t", shape, IntType(8), 0.5, 3)
    floats = ((integers.astype(np.float32) - 3) * 0.5).astype(np.float32)
    return LayerRun(tensor, integers, floats, saturated, 2)


@pytest.mark.parametrize(
    ("shape", "is_picture"),
    [((8, 8, 4), True), ((1, 100, 3), True), ((100, 3), True), ((10,), False), ((1, 1, 64), False),
     ((4, 4, 2), False), ((), False), ((4096,), False), ((1, 1, 1000), False)],
)  # fmt: skip
def test_the_shape_says_how_a_layer_is_shown(shape, is_picture):
    look = layer_look(run(shape), "k", "n")
    assert (look.mosaic is not None) is is_picture
    assert bool(look.rows) is not is_picture


def test_tiles_hold_every_value_of_their_channel():
    held = run((5, 7, 6))
    mosaic = mosaic_of(held, wide=2.0)
    low, high = int(held.integers.min()), int(held.integers.max())
    for channel in range(6):
        top, left = channel // mosaic.columns * 6, channel % mosaic.columns * 8
        tile = mosaic.integers[top : top + 5, left : left + 7]
        expected = 1 + np.rint((held.integers[:, :, channel] - float(low)) / (high - low) * 254)
        np.testing.assert_array_equal(tile, expected)
    np.testing.assert_array_equal(mosaic.integers, mosaic.floats)


def test_the_pointer_finds_its_value():
    held = run((5, 7, 6))
    look = layer_look(held, "k", "n", wide=2.0)
    high, wide = look.mosaic.integers.shape
    left, top = (1 % look.mosaic.columns) * 8, (1 // look.mosaic.columns) * 6
    text = look.about((left + 2.5) / wide, (top + 3.5) / high)
    value = int(held.integers[3, 2, 1])
    assert text.startswith("channel 1, row 3, column 2: " + f"{value} is ".replace("-", "−"))
    assert look.about((7.5) / wide, 0.5 / high) == ""


def test_float_values_beyond_the_grid_are_cut_off_and_counted():
    held = run((8, 8, 1))
    beyond = LayerRun(held.tensor, held.integers, held.floats * 100, 0, 40)
    mosaic = mosaic_of(beyond, wide=1.0)
    assert mosaic.floats.max() == 255
    assert mosaic.floats.min() >= 1
    assert "40 clipped" in layer_look(beyond, "k", "n").facts


def test_a_table_says_what_an_integer_stands_for():
    held = run((10,))
    look = layer_look(held, "k", "n")
    value = int(held.integers[4])
    row = look.rows[4]
    assert row[0] == "4"
    assert float(row[2].replace("−", "-")) == pytest.approx((value - 3) * 0.5)
    assert row[2] == row[3]


def test_a_long_table_and_many_channels_say_what_is_left_out():
    assert layer_look(run((1000,)), "k", "n").note == "and 744 more"
    assert layer_look(run((4, 4, 200)), "k", "n").note == "144 of 200 channels"


@pytest.mark.parametrize(("tiles", "wide"), [(1, 2.0), (16, 1.0), (16, 4.0), (64, 0.5), (7, 3.0)])
def test_as_many_columns_as_make_the_tiles_largest(tiles, wide):
    columns = best_columns(tiles, 8, 8, wide)
    size = min(wide / columns, 1 / -(-tiles // columns))
    for other in range(1, tiles + 1):
        assert size >= min(wide / other, 1 / -(-tiles // other)) - 1e-9


def test_stepping_ends_at_both_ends():
    names = dict.fromkeys("abc", "")
    assert [stepped(names, "b", step) for step in (-5, -1, 0, 1, 5)] == ["a", "a", "b", "c", "c"]
    assert stepped(names, "gone", 1) == "b"
    assert stepped({}, "a", 1) == ""


def test_saturated_values_are_counted_with_their_share():
    assert "32 saturated (50.0 %)" in layer_look(run((8, 8, 1), saturated=32), "k", "n").facts


@pytest.mark.parametrize(
    ("shape", "stretches"), [((100, 16), True), ((1, 50, 8), True), ((9, 9, 4), False)]
)
def test_only_signals_fill_the_room(shape, stretches):
    assert mosaic_of(run(shape), wide=2.0).stretches is stretches
