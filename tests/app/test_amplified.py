import pytest

from tinyml_studio.app.amplified import SAMPLES, Amplifier
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import DataError


@pytest.fixture
def studio():
    return Studio.open_example("digits")


def test_an_edit_follows_only_what_it_changed(studio):
    amplifier = Amplifier()
    before = amplifier.measure(studio.derived)
    assert list(before) == [row.name for row in studio.layers]
    studio.set_bits(studio.layers[1].name, "w3")
    after = amplifier.measure(studio.derived)
    changed = [name for name, held in after.items() if held is not before[name]]
    assert changed == [studio.layers[1].name]
    assert after[changed[0]].output.sqnr_db < before[changed[0]].output.sqnr_db


def test_other_samples_are_measured_anew(studio):
    amplifier = Amplifier()
    before = amplifier.measure(studio.derived)
    studio.calibrate(find_example("digits").test, samples=SAMPLES)
    after = amplifier.measure(studio.derived)
    assert not any(after[name] is held for name, held in before.items())


def test_without_data_it_says_what_is_missing():
    with pytest.raises(DataError):
        Amplifier().measure(Studio.open(find_example("digits").model).derived)
