"""``diff`` of projects: equal, another arithmetic, other bits, another model."""

import numpy as np
import onnx
import pytest

from tinyml_studio.app.examples import find_example


@pytest.fixture
def other(call, example, tmp_path):
    """A project of the example under other choices."""

    def make(*choices):
        path = tmp_path / "other.tmls"
        model, data = example.model, example.calibration
        assert call("quantize", model, "-d", data, "-o", path, *choices).status == 0
        return path

    return make


def test_a_project_is_equal_to_itself(call, project):
    done = call("diff", project, project, "--json")
    assert done.status == 0
    assert done.json["equal"]
    assert done.json["first_difference"] is done.json["cause"] is None
    assert not any(layer["differing"] for layer in done.json["layers"])
    assert "is the same" in call("diff", project, project).out


def test_one_rounding_instead_of_two_moves_single_integers(call, project, other):
    done = call("diff", project, other("--arithmetic", "tflm-single"), "--samples", 40, "--json")
    assert done.status == 1
    found = done.json
    rows = {row["name"]: row for row in found["layers"]}
    first = rows[found["first_difference"]]
    words = "the arithmetic: tflm and tflm-single", "its rounding: double and half-up"
    assert found["cause"] == "; ".join(words)
    assert first["max_difference"] == 1
    assert 0 < first["differing"] < 0.05 * first["elements"]
    names = [layer["name"] for layer in call("inspect", project, "--json").json["layers"]]
    assert [name for name in rows if name in names] == names
    assert not found["unmatched"]


def test_other_bits_are_named_as_the_cause(call, project, other):
    layer = call("inspect", project, "--json").json["layers"][0]["name"]
    done = call("diff", project, other("--layer", f"{layer}=w4"), "--samples", 8)
    assert done.status == 1
    assert f"first difference: {layer}" in done.out
    assert "its weight bits: int8 and int4" in done.out


def test_grids_are_compared_as_real_values(call, project, other):
    done = call("diff", project, other("--arithmetic", "pow2"), "--samples", 8, "--json")
    assert "its scale: " in done.json["cause"]
    first = done.json["layers"][0]
    assert 0.0 < first["max_difference"] < 2.0


def test_the_arithmetic_of_onnx_runtime_is_named_as_the_cause(call, project, other):
    done = call("diff", project, other("--arithmetic", "onnx"), "--samples", 40, "--json")
    assert done.status == 1
    assert done.json["cause"].startswith("the arithmetic: tflm and onnx; ")


def test_set_changes_the_arithmetic(call, project):
    assert call("set", project, "--arithmetic", "litert").status == 0
    assert '"arithmetic": "litert"' in project.read_text()
    done = call("set", project, "--arithmetic", "f32")
    assert done.status == 2
    assert "available: tflm, " in done.err


def test_models_with_other_inputs_are_refused(call, project):
    done = call("diff", project, find_example("motion").model)
    assert done.status == 2
    assert "same samples" in done.err


def test_layers_of_other_names_are_found_by_structure(call, example, project, tmp_path):
    model = onnx.load(example.model)
    for node in model.graph.node:
        node.name = f"renamed/{node.name}"
    path, other = tmp_path / "renamed.onnx", tmp_path / "renamed.tmls"
    onnx.save(model, path)
    call("quantize", path, "-d", example.calibration, "-o", other)
    done = call("diff", project, other, "--samples", 8, "--json")
    assert (done.status, done.json["equal"], done.json["unmatched"]) == (0, True, [])
    names = [row["name"] for row in call("diff", project, project, "--json").json["layers"]]
    rows = [row for row in done.json["layers"] if "other" in row]
    assert [row["name"] for row in done.json["layers"]] == names
    assert len(rows) >= len(names) - 1
    assert all(row["other"] == f"renamed/{row['name']}" for row in rows)


def test_other_data_are_taken(call, example, project, tmp_path):
    samples = np.load(example.calibration)["x"][:5]
    np.savez(tmp_path / "few.npz", x=samples)
    done = call("diff", project, project, "-d", tmp_path / "few.npz", "--json")
    assert done.json["samples"] == 5
