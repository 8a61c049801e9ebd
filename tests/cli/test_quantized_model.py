"""The command line on a model that is quantized already."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.tflite.networks import image_network
from tinyml_studio.app.studio import Studio


@pytest.fixture
def model(tmp_path):
    file = tmp_path / "model.tflite"
    file.write_bytes(image_network().encode())
    return file


@pytest.fixture
def project(call, model, tmp_path):
    path = tmp_path / "p.tmls"
    assert call("quantize", model, "-o", path).status == 0
    return path


def test_inspect_lists_what_the_file_states(call, model):
    found = call("inspect", model, "--json").json
    assert found["inputs"][0]["dtype"] == "int8"
    tensors = {held["name"]: held for held in found["quantization"]["tensors"]}
    assert tensors["t0"]["zero_point"] == -5
    assert tensors["t0"]["scale"] == pytest.approx(0.04)
    weights = {held["layer"]: held for held in found["quantization"]["weights"]}
    assert len(weights["conv_2d"]["scale"]) == 4
    assert weights["conv_2d_2"]["granularity"] == "tensor"
    assert "quantized: weights of 3 8-bit layers" in call("inspect", model).out


def test_raw_integers_in_and_out(call, model, project, tmp_path):
    values = np.random.default_rng(1).integers(-128, 128, (5, 6, 6, 2), np.int8)
    np.save(tmp_path / "x.npy", values)
    done = call(
        "simulate", project, "-i", tmp_path / "x.npy", "-o", tmp_path / "y.npy", "--integers"
    )
    assert done.status == 0
    trace = Studio.open(model).trace(values)
    np.testing.assert_array_equal(
        np.load(tmp_path / "y.npy"), trace.values[trace.program.outputs[0]]
    )


def test_evaluate_says_what_it_compares_with(call, project, tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((3, 6, 6, 2), np.int8))
    done = call("evaluate", project, "-d", tmp_path / "x.npy", "--json")
    assert done.json["reference"] == "dequantized model"
    assert (
        "float is the dequantized model" in call("evaluate", project, "-d", tmp_path / "x.npy").out
    )


def test_general_choices_reach_every_layer(call, model, tmp_path):
    done = call("quantize", model, "--bits", "w4a8", "-o", tmp_path / "q.tmls", "--json")
    widths = {row["name"]: row["weight_bits"] for row in done.json["layers"]}
    assert {widths[name] for name in ("conv_2d", "conv_2d_2", "fully_connected")} == {4}


def test_a_float_model_still_needs_data(call, example, tmp_path):
    done = call("quantize", example.model, "-o", tmp_path / "q.tmls")
    assert done.status == 2
    assert "no calibration samples" in done.err
