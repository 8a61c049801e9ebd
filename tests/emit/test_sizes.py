"""The sizes counted without text are those that the header states."""

import re

import pytest

from tinyml_studio.app.examples import examples
from tinyml_studio.app.exported import exported
from tinyml_studio.app.studio import Studio
from tinyml_studio.emit.sizes import data_sizes


@pytest.mark.parametrize("bits", ["w8a8", "w4a8", "w8a16"])
@pytest.mark.parametrize("name", [example.name for example in examples()])
def test_sizes_are_those_of_the_header(name, bits):
    studio = Studio.open_example(name)
    studio.set_all(bits=bits)
    text = studio.header(target="cortex-m4", name="net")
    sizes = data_sizes(exported(studio.derived).program)

    def stated(word):
        return int(re.search(rf"#define NET_{word}_BYTES \(?(\d+)", text)[1])

    assert sizes.arena == stated("ARENA")
    assert sizes.weights == stated("WEIGHT")
    assert f"{sizes.constants}" in text[:3000]
    assert sum(sizes.by_layer.values()) <= sizes.weights + sizes.constants
    assert min(sizes.by_layer.values()) >= 0
