"""The command line on ONNX files that are quantized already."""

from __future__ import annotations

import numpy as np
import pytest

from tests.formats.quantized.drawing import QuantizedFile

REAL = np.random.default_rng(1).normal(size=(2, 4, 1, 1)).astype(np.float32)


def network(*, region=False):
    """A convolution and a pool; with a `region` also a layer in real numbers."""
    file = QuantizedFile(3, 8, 8)
    y = file.pair(file.conv(file.pair(file.x, 0.05, 3), 0.05), 0.1, 0, "uint8")
    y = file.add("MaxPool", y, kernel_shape=[2, 2], name="pool")
    if region:
        y = file.add("Conv", y, REAL, name="real")
    return file.proto(y).SerializeToString()


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(network())
    return path


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.random.default_rng(1).normal(size=(5, 3, 8, 8)).astype(np.float32))
    return path


def test_it_opens_with_the_arithmetic_of_its_engine(call, model, tmp_path):
    project = tmp_path / "p.tmls"
    assert call("quantize", model, "-o", project, "--json").json["arithmetic"] == "onnx"
    done = call("quantize", model, "-o", project, "--arithmetic", "tflm", "--json")
    assert done.json["arithmetic"] == "tflm"


def test_the_way_from_the_file_to_the_header_takes_no_samples(call, model, data, tmp_path):
    project, header = tmp_path / "p.tmls", tmp_path / "model.h"
    assert call("quantize", model, "-o", project).status == 0
    assert call("evaluate", project, "-d", data, "--json").json["reference"] == "dequantized model"
    done = call("simulate", project, "-i", data, "-o", tmp_path / "y.npy", "--integers")
    assert done.status == 0
    assert np.load(tmp_path / "y.npy").shape == (5, 4, 5, 5)
    assert call("export", project, "-o", header, "--target", "cortex-m4").status == 0
    assert header.exists()


def test_inspect_shows_what_the_file_states(call, model):
    found = call("inspect", model, "--json").json["quantization"]
    assert found["arithmetic"] == "onnx"
    assert found["remarks"] == []
    (weights,) = found["weights"]
    assert (weights["layer"], weights["bits"], weights["dtype"]) == ("conv", 8, "int8")
    grids = {(held["dtype"], held["zero_point"]) for held in found["tensors"]}
    assert grids == {("float32", 3), ("uint8", 0)}
    assert "quantized: weights of 1 8-bit layers" in call("inspect", model).out


def test_a_region_in_real_numbers_is_named_and_takes_samples(call, data, tmp_path):
    model, project = tmp_path / "model.onnx", tmp_path / "p.tmls"
    model.write_bytes(network(region=True))
    said = call("inspect", model).out
    assert "its file computes in real numbers, and ranges take samples: real" in said
    assert "they are rounded: real" in said
    refused = call("quantize", model, "-o", project)
    assert refused.status != 0
    assert "The range of" in refused.err
    assert "there are no calibration samples" in refused.err
    assert call("quantize", model, "-d", data, "-o", project).status == 0
