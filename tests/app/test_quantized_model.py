"""A session over a model that is quantized already."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.networks import image_network
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import DataError, SchemeError
from tinyml_studio.quantize.scheme import RangeMethod


@pytest.fixture(params=["int8", "uint8"])
def kind(request):
    return request.param


@pytest.fixture
def path(tmp_path, kind):
    file = tmp_path / "model.tflite"
    file.write_bytes(image_network(kind).encode())
    return file


@pytest.fixture
def integers(kind):
    limits = np.iinfo(kind)
    generator = np.random.default_rng(4)
    return generator.integers(limits.min, limits.max, (20, 6, 6, 2), kind, endpoint=True)


def test_it_is_lowered_without_samples(path):
    studio = Studio.open(path)
    assert studio.derived.program is not None
    assert {row.range_method for row in studio.layers} == {RangeMethod.FILE}
    assert not studio.derived.can_be_measured
    with pytest.raises(DataError, match="no samples"):
        studio.errors()


def test_integers_of_its_own_type_are_its_integers(path, kind, integers):
    trace = Studio.open(path).trace(integers)
    offset = 128 if kind == "uint8" else 0
    held = trace.values[trace.program.inputs[0]]
    np.testing.assert_array_equal(held.astype(int) + offset, integers)


def test_other_integers_are_real_values(path):
    studio = Studio.open(path)
    values = np.full((1, 6, 6, 2), 2, np.int32)
    held = studio.trace(values).values["t0"]
    assert (held == round(2 / 0.04) - 5).all()


def test_samples_of_a_file(path, integers, tmp_path):
    np.save(tmp_path / "x.npy", integers)
    studio = Studio.open(path)
    studio.calibrate(tmp_path / "x.npy")
    assert studio.derived.can_be_measured
    assert studio.evaluate().layers[0].max_abs == 0.0  # the input lies on the grid already
    studio.set_layers(("*",), range_method=RangeMethod.MINMAX)
    assert studio.derived.program is not None


def test_a_range_to_measure_is_refused_without_samples(path):
    studio = Studio.open(path)
    with pytest.raises(SchemeError, match="not known"):
        studio.set_default(range_method=RangeMethod.MINMAX)
    assert studio.derived.program is not None


def test_the_project_holds_the_scheme(path, tmp_path):
    studio = Studio.open(path)
    studio.set_bits("conv_2d", "w4")
    studio.save(tmp_path / "p.tmls")
    again = Studio.open(tmp_path / "p.tmls")
    assert again.document.scheme == studio.document.scheme
    assert again.derived.program is not None


def test_the_header_is_verified_on_random_inputs(path):
    assert Studio.open(path).verify(samples=8).match


def test_values_of_a_layer_lie_on_the_grid_of_the_file(path):
    studio = Studio.open(path)
    values = studio.layer_values("conv_2d")
    item = studio.derived.program.by_layer["conv_2d"][0]
    np.testing.assert_array_equal(values.weight_integers, item.weights)
