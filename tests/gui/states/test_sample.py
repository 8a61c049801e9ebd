from dataclasses import replace

import numpy as np
import pytest

from tinyml_studio.app.sample_run import SampleRun
from tinyml_studio.gui.states.sample import (
    MOST_LAYERS,
    MOST_OUTPUTS,
    Saturation,
    as_image,
    as_waves,
    output_ends,
    output_pairs,
    sample_state,
    saturation_text,
)


def run(values, floats=(1.0, 3.0, 2.0), integers=(1.0, 2.0, 2.5), label=None):
    return SampleRun(
        4,
        9,
        label,
        (np.asarray(values, np.float32),),
        (np.asarray(floats, np.float32),),
        (np.asarray(integers, np.float32),),
        {"a": (3, 300), "b": (0, 10)},
    )


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((8, 8, 1), "image"),
        ((32, 30, 3), "image"),
        ((49, 10, 1), "image"),
        ((100, 3), "waves"),
        ((1, 100, 3), "waves"),
        ((640,), "waves"),
        ((16, 40), "numbers"),
        ((4,), "numbers"),
        ((8, 8, 2), "numbers"),
        ((), "numbers"),
    ],
)
def test_the_shape_says_how_a_sample_is_shown(shape, kind):
    state = sample_state(run(np.zeros(shape)), {})
    shown = {
        "image": state.image is not None,
        "waves": state.waves is not None,
        "numbers": bool(state.numbers),
    }
    assert [name for name, there in shown.items() if there] == [kind]


def test_an_image_is_stretched_to_its_own_range():
    pixels = as_image(np.linspace(-3, 5, 48, dtype=np.float32).reshape(4, 4, 3))
    assert (pixels.min(), pixels.max(), pixels.shape) == (0, 255, (4, 4, 3))
    assert as_image(np.full((4, 4, 1), 7.0, np.float32)).max() == 0


def test_waves_are_channels_by_steps():
    values = np.arange(60, dtype=np.float32).reshape(20, 3)
    np.testing.assert_array_equal(as_waves(values), values.T)
    assert as_waves(np.zeros(20_000, np.float32)).shape[1] <= 4000


def test_networks_that_differ_are_marked():
    state = sample_state(run(np.zeros(4), label=2), {"a": "layer a"})
    assert not state.agrees or "says 1" in state.title
    assert state.title.startswith("label 2 · float says 1, integers say 2")
    assert state.agrees is False
    assert state.saturations[0] == Saturation("a", "layer a", 3, 0.01)
    assert [saturation_text(item) for item in state.saturations] == ["3 · 1.0 %", "0"]


def test_one_output_has_no_class():
    state = sample_state(run(np.zeros(4), [0.5], [0.25]), {})
    assert state.title == "up to 0.25 apart"
    assert state.agrees


def test_of_many_outputs_the_largest_are_shown_in_order():
    floats = np.arange(100, dtype=np.float32)
    pairs = output_pairs(floats, floats)
    assert [pair.number for pair in pairs] == list(range(100 - MOST_OUTPUTS, 100))
    low, high = output_ends(pairs)
    assert low == 0.0
    assert high > 99


def test_outputs_of_zero_have_an_axis():
    low, high = output_ends(output_pairs(np.zeros(3, np.float32), np.zeros(3, np.float32)))
    assert low < high


def test_numbers_say_where_they_stand():
    state = sample_state(run(np.arange(200).reshape(10, 20)), {})
    assert state.numbers[21] == "1, 1:  21"
    assert state.numbers[-1] == "and 136 more"


def test_of_very_many_layers_the_most_saturated_are_listed():
    saturated = {f"l{n}": (n % 7, 10) for n in range(20_000)}
    listed = sample_state(replace(run(np.zeros(4)), saturated=saturated), {}).saturations
    assert len(listed) == MOST_LAYERS
    assert {item.count for item in listed} == {6}
