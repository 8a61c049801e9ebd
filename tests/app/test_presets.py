import pytest

from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import SchemeError
from tinyml_studio.quantize.presets import PRESETS
from tinyml_studio.quantize.scheme import Granularity


@pytest.fixture
def studio():
    return Studio.open_example("digits")


def weights(studio):
    return [row.weight_bits for row in studio.layers if row.weight_bits is not None]


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_one_step_with_a_readable_name(studio, name):
    studio.set_bits("*", "w5")
    studio.set_preset(name)
    assert studio.undo_name.startswith("preset: ")
    assert studio.undo_name.lower().endswith(PRESETS[name].title.lower())
    inner = {"w8a8": 8, "w4a8": 4, "ends8": 4, "w8a16": 8}[name]
    assert set(weights(studio)[1:-1]) == {inner}
    ends = 8 if name == "ends8" else inner
    assert (weights(studio)[0], weights(studio)[-1]) == (ends, ends)
    activations = {row.activation_bits for row in studio.layers if not row.follows}
    assert activations == {16 if name == "w8a16" else 8}
    studio.undo()
    assert set(weights(studio)) == {5}


def test_scales_and_ranges_stay(studio):
    layer = studio.layers[1].name
    studio.set_layers((layer,), granularity=Granularity.TENSOR)
    studio.set_range(layer, (0.0, 2.0))
    studio.set_preset("ends8")
    scheme = studio.document.scheme
    assert scheme.of(layer).granularity is Granularity.TENSOR
    assert scheme.ranges


def test_an_unknown_preset_is_refused(studio):
    with pytest.raises(SchemeError, match="no preset"):
        studio.set_preset("w9")
