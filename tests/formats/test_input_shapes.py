"""Inputs with axes that the file leaves open, whose sizes a person gives."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.files import File
from tests.formats.tflite.models import ModelFile
from tinyml_studio.errors import ModelError, OpenSizesError
from tinyml_studio.formats.reader import read_model

RANDOM = np.random.default_rng(4)


@pytest.fixture
def wave(tmp_path):
    """A convolution along time, whose length is open, as torch exports dynamic axes."""
    file = File(2, "T")
    weights = RANDOM.normal(size=(3, 2, 5)).astype(np.float32)
    return written(file, file.add("Conv", file.x, weights), tmp_path)


@pytest.fixture
def two(tmp_path):
    """Two inputs that share an open length."""
    file = File(2, "T")
    return written(file, file.add("Add", file.x, file.input(2, "T")), tmp_path)


def written(file, made, folder):
    path = folder / "model.onnx"
    path.write_bytes(file.proto(made).SerializeToString())
    return path


def test_an_open_axis_is_told_with_the_option_that_gives_it_a_size(wave):
    with pytest.raises(OpenSizesError, match="axis 2 of the input 'x0' has the size 'T'") as error:
        read_model(wave)
    assert error.value.inputs == (("x0", (None, 2, None)),)
    assert "--input-shape 'x0=1,2,SIZE'" in error.value.hint


@pytest.mark.parametrize("batch", [1, 7])
def test_a_size_is_taken_and_the_batch_stays_open(wave, batch):
    graph = read_model(wave, shapes={"x0": (batch, 2, 60)})
    assert [port.shape for port in graph.inputs] == [(2, 60)]
    assert [port.shape for port in graph.outputs] == [(3, 56)]


def test_a_symbol_has_one_size_everywhere(two):
    graph = read_model(two, shapes={"x1": (1, 2, 60)})
    assert [port.shape for port in graph.inputs] == [(2, 60), (2, 60)]


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        ({"x9": (1, 2, 60)}, r"no input 'x9'.*\(x0, x1\)"),
        ({"x0": (1, 60)}, "'x0' has 3 axes, and its shape 2"),
        ({"x0": (1, 3, 60)}, "axis 1 of the input 'x0' has the size 2, not 3"),
        ({"x0": (1, 2, 0)}, "axis 2 of the input 'x0' cannot have the size 0"),
        ({"x0": (1, 2, 2**31)}, "cannot have the size 2147483648"),
        ({"x0": (1, 2, 60), "x1": (1, 2, 50)}, "'T', which is given as 60 and as 50"),
    ],
)
def test_what_contradicts_the_file_is_an_error(two, shapes, reason):
    with pytest.raises(ModelError, match=reason):
        read_model(two, shapes=shapes)


def test_a_fixed_batch_cannot_be_another_one(tmp_path):
    file = File("T", batch=1)
    path = written(file, file.add("Relu", file.x), tmp_path)
    with pytest.raises(ModelError, match="axis 0 of the input 'x0' has the size 1, not 4"):
        read_model(path, shapes={"x0": (4, 8)})
    assert read_model(path, shapes={"x0": (1, 8)}).inputs[0].shape == (8,)


@pytest.fixture
def stated(tmp_path):
    """A TensorFlow Lite file with an open length: it states 1 for it, and that it is open."""
    file = ModelFile()
    grid = {"scale": 0.05, "zero": 3}
    x = file.tensor((1, 1, 4), name="x", signature=(-1, -1, 4), **grid)
    y = file.tensor((1, 1, 4), name="y", signature=(-1, -1, 4), **grid)
    file.inputs, file.outputs = [x], [y]
    file.operator("RELU", [x], [y])
    path = tmp_path / "model.tflite"
    path.write_bytes(file.encode())
    return path


def test_a_tensorflow_lite_file_is_given_a_size_too(stated):
    with pytest.raises(OpenSizesError, match="axis 1 of the input 'x' has the size None") as error:
        read_model(stated)
    assert error.value.inputs == (("x", (None, None, 4)),)
    graph = read_model(stated, shapes={"x": (1, 9, 4)})
    assert [port.shape for port in (*graph.inputs, *graph.outputs)] == [(9, 4), (9, 4)]
    with pytest.raises(ModelError, match="axis 2 of the input 'x' has the size 4, not 5"):
        read_model(stated, shapes={"x": (1, 9, 5)})
