"""Models with several inputs and outputs, and models that cannot run as integers."""

import json

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper


def value(name, shape):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", *shape])


def write(path, nodes, inputs, outputs, **weights):
    constants = [numpy_helper.from_array(array, name) for name, array in weights.items()]
    graph = helper.make_graph(nodes, "g", inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


@pytest.fixture
def two_ways(tmp_path):
    """Two images in channels first go in, two things come out; calibrated."""
    weight = np.random.default_rng(1).normal(size=(4, 3, 3, 3)).astype(np.float32)
    nodes = [
        helper.make_node("Add", ["left", "right"], ["sum"], name="sum"),
        helper.make_node("Conv", ["sum", "w"], ["image"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("GlobalAveragePool", ["image"], ["mean"], name="mean"),
    ]
    ends = (
        [value("left", (3, 6, 5)), value("right", (3, 6, 5))],
        [value("mean", (4, 1, 1)), value("image", (4, 6, 5))],
    )
    model = write(tmp_path / "two.onnx", nodes, *ends, w=weight)
    rng = np.random.default_rng(2)
    arrays = {name: rng.normal(size=(7, 3, 6, 5)).astype(np.float32) for name in ("left", "right")}
    np.savez(tmp_path / "x.npz", **arrays)
    return model, tmp_path / "x.npz", tmp_path / "p.tmls"


def test_every_input_and_output_is_written(call, two_ways, tmp_path):
    model, data, project = two_ways
    assert call("quantize", model, "-d", data, "-o", project).status == 0
    io = tmp_path / "io"
    done = call("simulate", project, "-i", data, "-o", tmp_path / "y.npy", "--device-io", io)
    assert done.status == 0
    call("simulate", project, "-i", data, "-o", tmp_path / "f.npy", "--float")
    for name, shape in (("", (7, 4, 1, 1)), ("_1", (7, 4, 6, 5))):
        integer, real = np.load(tmp_path / f"y{name}.npy"), np.load(tmp_path / f"f{name}.npy")
        assert integer.shape == real.shape == shape
        assert np.abs(integer - real).max() < 0.05 * np.abs(real).max()
    assert len(list(io.glob("input_1_*.bin"))) == len(list(io.glob("output_0*.bin"))) == 7


def test_the_devices_bytes_are_channels_last(call, two_ways, tmp_path):
    model, data, project = two_ways
    call("quantize", model, "-d", data, "-o", project)
    io = tmp_path / "io"
    call(*("simulate", project, "-i", data, "-o", tmp_path / "q.npy", "--integers"),
         *("--device-io", io))  # fmt: skip
    image = np.load(tmp_path / "q_1.npy")[3]
    assert (io / "output_1_00003.bin").read_bytes() == image.transpose(1, 2, 0).tobytes()


def test_several_inputs_verify(call, two_ways):
    model, data, project = two_ways
    call("quantize", model, "-d", data, "-o", project, "--bits", "w3a16")
    assert call("verify", project, "--json").json["match"] is True


def test_one_array_for_two_inputs_is_refused(call, two_ways, tmp_path):
    model, data, project = two_ways
    np.save(tmp_path / "one.npy", np.load(data)["left"])
    done = call("quantize", model, "-d", tmp_path / "one.npy", "-o", project)
    assert done.status == 2
    assert "left" in done.err
    assert "right" in done.err


@pytest.fixture
def strange(tmp_path):
    """A model with an operator that has no integer form."""
    nodes = [
        helper.make_node("Relu", ["x"], ["a"], name="first"),
        helper.make_node("Atan", ["a"], ["b"], name="odd\x1b[31m one"),
        helper.make_node("Relu", ["b"], ["y"], name="last"),
    ]
    return write(tmp_path / "odd.onnx", nodes, [value("x", (4,))], [value("y", (4,))])


def test_an_operator_without_integers_can_be_looked_at(call, strange):
    found = call("inspect", strange, "--json").json
    assert [layer["op"] for layer in found["layers"]] == ["Relu", "Atan", "Relu"]
    text = call("inspect", strange).out
    assert "cannot run as integers" in text
    assert "\x1b" not in text


def test_an_operator_without_integers_is_refused_by_name(call, strange, tmp_path):
    np.save(tmp_path / "x.npy", np.ones((3, 4), np.float32))
    project = tmp_path / "p.tmls"
    done = call("quantize", strange, "-d", tmp_path / "x.npy", "-o", project)
    assert done.status == 2
    assert "odd" in done.err
    assert "\x1b" not in done.err
    assert not project.exists()


def test_json_is_ascii_and_whole(call, strange):
    text = call("inspect", strange, "--json").out
    assert text.isascii()
    assert "odd" in json.loads(text)["layers"][1]["name"]
