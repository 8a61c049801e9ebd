"""``--input-shape``: sizes of inputs that a model's file leaves open."""

import numpy as np
import pytest

from tests.formats.files import File

RANDOM = np.random.default_rng(5)


@pytest.fixture
def model(tmp_path):
    file = File(2, "T")
    weights = RANDOM.normal(size=(3, 2, 5)).astype(np.float32)
    path = tmp_path / "wave.onnx"
    path.write_bytes(file.proto(file.add("Conv", file.x, weights)).SerializeToString())
    return path


@pytest.fixture
def data(tmp_path):
    np.savez(tmp_path / "x.npz", x=RANDOM.normal(size=(9, 2, 40)).astype(np.float32))
    return tmp_path / "x.npz"


def test_the_error_names_the_option(call, model):
    done = call("inspect", model)
    assert done.status == 2
    assert "axis 2 of the input 'x0' has the size 'T'" in done.err
    assert "--input-shape 'x0=1,2,SIZE'" in done.err


def test_a_model_is_inspected_with_it(call, model):
    done = call("inspect", model, "--input-shape", "x0=1,2,40", "--json")
    assert done.json["inputs"][0]["shape"] == [2, 40]
    assert done.json["layers"][0]["output_shape"] == [36, 3]


def test_a_project_keeps_it(call, model, data, tmp_path):
    project = tmp_path / "p.tmls"
    args = ("quantize", model, "-d", data, "-o", project)
    assert call(*args).status == 2
    assert call(*args, "--input-shape", "x0=1,2,40").status == 0
    done = call("evaluate", project, "--json")
    assert (done.status, done.json["samples"]) == (0, 9)
    assert call("set", project, "--bits", "w4a8").status == 0
    assert call("inspect", project, "--json").json["inputs"][0]["shape"] == [2, 40]


def test_a_reference_is_as_large_as_the_model(call, model, data, tmp_path):
    project = tmp_path / "p.tmls"
    given = ("--input-shape", "x0=1,2,40", "--reference", model)
    done = call("quantize", model, "-d", data, "-o", project, *given)
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("x0",), "not like NAME=1,16000"),
        (("x0=",), "not like NAME=1,16000"),
        (("x0=1,2,-4",), "not like NAME=1,16000"),
        (("=1,2",), "not like NAME=1,16000"),
        (("x0=1,2,3", "--input-shape", "x0=1,2,4"), "names an input twice"),
        (("y=1,2,3",), "no input 'y'"),
    ],
)
def test_wrong_shapes_are_told(call, model, given, reason):
    done = call("inspect", model, "--input-shape", *given)
    assert done.status == 2
    assert reason in done.err


def test_a_project_has_shapes_of_its_own(call, project):
    done = call("inspect", project, "--input-shape", "image=1,2")
    assert done.status == 2
    assert "a project keeps the shapes of its own" in done.err
