"""A network with a state: samples alone and as a stream, the header and its bytes."""

import shutil

import numpy as np
import pytest

from tests.formats.tflite.recurrent_cases import lstm, svdf
from tests.formats.tflite.streams import stream
from tinyml_studio.app.rows import layer_rows
from tinyml_studio.app.studio import Studio

SHAPES = {lstm: (5, 7), svdf: (5,), stream: (2, 1, 4)}


@pytest.fixture(params=SHAPES, ids=["lstm", "svdf", "variables"])
def stateful(request, call, tmp_path):
    """A project of a quantized file, and samples of its own integers."""
    model, project, samples = (tmp_path / name for name in ("m.tflite", "p.tmls", "x.npy"))
    model.write_bytes(request.param().encode())
    assert call("quantize", model, "-o", project).status == 0
    shape = SHAPES[request.param]
    np.save(samples, np.random.default_rng(0).integers(-128, 128, (9, *shape)).astype(np.int8))
    return project, samples


def outputs(call, stateful, tmp_path, *words):
    project, samples = stateful
    made = tmp_path / "y.npy"
    done = call("simulate", project, "-i", samples, "-o", made, "--integers", *words)
    assert done.status == 0
    return np.load(made)


def test_samples_stand_alone_unless_a_stream_is_asked_for(call, stateful, tmp_path):
    alone = outputs(call, stateful, tmp_path)
    stream = outputs(call, stateful, tmp_path, "--stream", "--trace", tmp_path / "trace")
    np.testing.assert_array_equal(alone[0], stream[0])
    assert (alone[1:] != stream[1:]).any()
    np.testing.assert_array_equal(outputs(call, stateful, tmp_path, "--stream"), stream)


def test_the_headers_bytes_are_those_of_the_stream(call, stateful, tmp_path):
    folder = tmp_path / "bytes"
    stream = outputs(call, stateful, tmp_path, "--stream", "--device-io", folder)
    held = [np.fromfile(path, np.int8) for path in sorted(folder.glob("output_*.bin"))]
    np.testing.assert_array_equal(np.stack(held), stream.reshape(len(stream), -1))


def test_the_header_is_verified(call, stateful, tmp_path):
    if shutil.which("cc") is None:
        pytest.skip("cc is not installed")
    project, _ = stateful
    assert call("verify", project, "--json").json["match"]
    header = tmp_path / "m.h"
    assert call("export", project, "--target", "cortex-m4", "-o", header).status == 0
    assert "call m_reset(arena) once before the first run" in header.read_text()


def test_the_float_run_has_no_stream(call, stateful, tmp_path):
    project, samples = stateful
    words = ("simulate", project, "-i", samples, "-o", tmp_path / "y.npy", "--float", "--stream")
    assert call(*words).status == 2


@pytest.mark.parametrize("stateful", [lstm, svdf], ids=["lstm", "svdf"], indirect=True)
def test_a_width_that_the_layer_does_not_take_is_refused_by_name(call, stateful):
    project, _ = stateful
    layer = call("inspect", project, "--json").json["layers"][0]["name"]
    done = call("set", project, "--layer", f"{layer}=a4")
    assert done.status == 2
    assert layer in done.err
    assert "8 bits" in done.err


@pytest.mark.parametrize("stateful", [lstm, svdf], ids=["lstm", "svdf"], indirect=True)
def test_the_table_of_layers_says_why_a_width_is_fixed(stateful):
    row = layer_rows(Studio.open(stateful[0]).derived)[1]
    assert (row.activation_bits, row.follows) == (8, False)
    assert "8 bits" in row.fixed_bits
