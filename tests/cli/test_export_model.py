"""``export --format``: ONNX from the command line."""

from collections import Counter

import numpy as np
import onnx
import pytest

from tinyml_studio.cli.dispatch import main

FORMATS = ("onnx", "onnx-qoperator")


@pytest.mark.parametrize("form", FORMATS)
def test_it_opens_again_with_the_same_outputs(call, project, example, tmp_path, form):
    assert call("set", project, "--arithmetic", "onnx").status == 0
    exported, again = tmp_path / "out.onnx", tmp_path / "again.tmls"
    done = call("export", project, "--format", form, "-o", exported, "--json")
    assert (done.status, done.err) == (0, "")
    assert done.json["format"] == form
    assert done.json["bytes"] == exported.stat().st_size
    assert call("quantize", exported, "-o", again).status == 0
    with np.load(example.calibration) as held:
        np.save(tmp_path / "x.npy", held["x"][:20])
    for name in (project, again):
        call("simulate", name, "-i", tmp_path / "x.npy", "-o", tmp_path / f"{name.stem}.npy")
    first, second = (np.load(tmp_path / f"{name.stem}.npy") for name in (project, again))
    np.testing.assert_array_equal(first, second)


def test_the_forms_are_what_they_are_called(call, project, tmp_path):
    call("set", project, "--arithmetic", "onnx")
    kinds = {}
    for form in FORMATS:
        call("export", project, "--format", form, "-o", tmp_path / "m.onnx")
        model = onnx.load(tmp_path / "m.onnx")
        kinds[form] = {node.op_type for node in model.graph.node}
        assert [held.name for held in model.graph.input] == ["image"]
        assert model.graph.input[0].type.tensor_type.shape.dim[0].dim_param == "N"
    assert "Conv" in kinds["onnx"]
    assert kinds["onnx-qoperator"] >= {"QLinearConv", "QLinearAdd", "QGemm"}
    assert not kinds["onnx-qoperator"] & {"Conv", "Gemm", "Add"}


def test_operators_on_integers_take_their_own_arithmetic(call, project, tmp_path):
    done = call("export", project, "--format", "onnx-qoperator", "-o", tmp_path / "m.onnx")
    assert done.status == 2
    assert "than the arithmetic tflm (choose the arithmetic onnx" in done.err
    assert not (tmp_path / "m.onnx").exists()


def test_layers_without_an_operator_on_integers_are_written_as_real_ones_and_named(
    call, project, tmp_path
):
    call("set", project, "--arithmetic", "onnx")
    call("set", project, "--layer", "*stem*=w8a16")
    place = tmp_path / "m.onnx"
    done = call("export", project, "--format", "onnx-qoperator", "-o", place)
    assert (done.status, done.out.strip()) == (0, str(place))
    assert "3 layers stand between DequantizeLinear and QuantizeLinear" in done.err
    assert "8 bits, not 16: /stem/stem.0/Conv (Conv), " in done.err
    kinds = Counter(node.op_type for node in onnx.load(place).graph.node)
    assert (kinds["Conv"], kinds["Add"]) == (2, 1)
    assert kinds["QLinearConv"] > 2
    told = call("export", project, "--format", "onnx-qoperator", "-o", place, "--json")
    assert told.err == ""
    first, _, last = told.json["real_layers"]
    assert (first["name"], first["op"], last["op"]) == ("/stem/stem.0/Conv", "Conv", "Add")
    assert "8 bits, not 16" in first["reason"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_target_is_taken_and_changes_nothing(call, project, tmp_path, form):
    call("set", project, "--arithmetic", "onnx")
    first, second = tmp_path / "1.onnx", tmp_path / "2.onnx"
    done = call("export", project, "--target", "stm32f446", "--format", form, "-o", first, "--json")
    assert (done.status, done.json["real_layers"]) == (0, [])
    call("export", project, "--format", form, "-o", second)
    assert first.read_bytes() == second.read_bytes()
    done = call("export", project, "--target", "stm33", "--format", form, "-o", tmp_path / "3.onnx")
    assert done.status == 2
    assert "stm33" in done.err
    assert not (tmp_path / "3.onnx").exists()


@pytest.mark.parametrize("option", [("--name", "a"), ("--self-test", 2), ("--split",)])
def test_what_only_c_has_is_refused(call, project, tmp_path, option):
    done = call("export", project, "--format", "onnx", *option, "-o", tmp_path / "m.onnx")
    assert done.status == 2
    assert "are for C" in done.err


@pytest.mark.parametrize("form", FORMATS)
def test_sources_are_spared(call, example, tmp_path, form):
    model, project = tmp_path / "own.onnx", tmp_path / "own.tmls"
    model.write_bytes(example.model.read_bytes())
    main(["quantize", str(model), "-d", str(example.calibration), "-o", str(project)], lambda _: 1)
    for place in (model, project):
        before = place.read_bytes()
        done = call("export", project, "--format", form, "-o", place)
        assert done.status == 2
        assert "belongs to the project" in done.err
        assert place.read_bytes() == before
