"""What the window says about a model that is quantized already."""

import pytest

from tests.formats.tflite.networks import image_network
from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.states.assembling.errors import NO_SAMPLES, hint_of
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.assembling.session import source_text


@pytest.fixture
def studio(tmp_path):
    file = tmp_path / "model.tflite"
    file.write_bytes(image_network().encode())
    return Studio.open(file)


def test_the_ranges_are_those_of_the_file(studio):
    assert source_text(studio.derived) == "Ranges of the model's file · tflm"


def test_errors_still_need_samples(studio):
    assert hint_of(studio.derived, obstacle_of(studio.derived, studio.layers), "") == NO_SAMPLES
