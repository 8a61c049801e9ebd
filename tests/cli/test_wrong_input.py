"""Wrong input: status 2, one line that names file and reason, and nothing lost."""

import json
import os

import numpy as np
import pytest

from tinyml_studio.app.examples import find_example


def refused(done, *words: str) -> None:
    """The call failed as it should."""
    assert done.status == 2, done
    assert done.out == ""
    assert done.err.startswith("tinyml-studio: error: ")
    assert done.err.count("\n") == 1
    for word in words:
        assert word in done.err, done.err


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (None, "does not exist"),
        (b"", "empty"),
        (b"hello", "ONNX"),
        (b"<html></html>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "LFS"),
    ],
)
def test_not_a_model(call, tmp_path, content, word):
    model = tmp_path / "m.onnx"
    if content is not None:
        model.write_bytes(content)
    refused(call("inspect", model), str(model), word)


def arrays(example):
    return np.load(example.calibration)["x"].astype(np.float32)


def spoilt(example):
    x = arrays(example)
    x.flat[7] = np.nan
    return x


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda example: arrays(example)[:, :, :-1], "shape"),
        (spoilt, "NaN"),
        (lambda example: arrays(example)[:0], "sample"),
        (lambda _: np.array([{"a": 1}], dtype=object), "pickle"),
        (lambda _: np.array(["text"]), "number"),
    ],
)
def test_data_that_does_not_fit(call, example, tmp_path, make, word):
    data = tmp_path / "x.npy"
    np.save(data, make(example), allow_pickle=True)
    project = tmp_path / "p.tmls"
    done = call("quantize", example.model, "-d", data, "-o", project)
    refused(done, str(data))
    assert word.lower() in done.err.lower()
    assert not project.exists()


CHANGES = [
    (("--layer", "no_such_layer=w4a8"), "no_such_layer"),
    (("--layer", "*=w9a8"), "1 to 8 bits, not 9"),
    (("--layer", "*=w4a7"), "4, 8 or 16 bits, not 7"),
    (("--layer", "*=4"), "not a choice of bits"),
    (("--bits", "w0a8"), "1 to 8 bits, not 0"),
    (("--tensor-range", "nothing=0,1"), "nothing"),
    (("--tensor-range", "{layer}=2,1"), "not a range"),
    (("--tensor-range", "{layer}=0,inf"), "not a range"),
    (("--target", "z80"), "z80"),
]


@pytest.mark.parametrize(("change", "word"), CHANGES)
def test_a_refused_change_leaves_the_project(call, project, change, word):
    before = project.read_bytes()
    layer = call("inspect", project, "--json").json["layers"][0]["name"]
    refused(call("set", project, *(part.format(layer=layer) for part in change)), word)
    assert project.read_bytes() == before


def test_a_misspelt_layer_is_suggested(call, project):
    layer = call("inspect", project, "--json").json["layers"][0]["name"]
    refused(call("set", project, "--layer", f"{layer}x=w4a8"), layer)


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("format", 2, "newer"),
        ("scheme", [], "scheme"),
        ("colour", 1, "colour"),
        ("arithmetic", "float32", "float32"),
    ],
)
@pytest.mark.parametrize("command", ["set", "evaluate", "export"])
def test_a_wrong_project(call, project, tmp_path, command, key, value, word):
    saved = json.loads(project.read_text())
    project.write_text(json.dumps({**saved, key: value}))
    arguments = {"export": ("-o", tmp_path / "a.h", "--target", "m4")}.get(command, ())
    refused(call(command, project, *arguments), str(project), word)


def test_a_truncated_project(call, project):
    project.write_bytes(project.read_bytes()[:-20])
    refused(call("evaluate", project), str(project), "line")


def test_another_model_is_noticed(call, project):
    other = find_example("motion").model
    done = call("evaluate", project, "--model", other)
    refused(done, str(other), "not the model that the project was made for")


@pytest.mark.parametrize("command", ["set", "evaluate", "verify"])
def test_a_model_is_not_a_project(call, example, command):
    refused(call(command, example.model), "is not a project", "quantize")


def test_scaling_without_data_is_refused(call, project):
    refused(call("evaluate", project, "--scale", "0.5"), "-d")


def test_an_export_spares_the_sessions_own_files(call, project):
    before = project.read_bytes()
    refused(call("export", project, "--target", "m4", "-o", project), "belongs to the project")
    assert project.read_bytes() == before


@pytest.mark.parametrize("output", ["missing/a.h", "."])
def test_an_output_that_cannot_be_written(call, project, tmp_path, output):
    done = call("export", project, "--target", "m4", "-o", tmp_path / output)
    refused(done, "cannot be written")


def test_a_full_disc(call, project):
    refused(call("export", project, "--target", "m4", "-o", "/dev/full"), "/dev/full", "space")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_protected_project(call, project):
    project.chmod(0o444)
    refused(call("set", project, "--bits", "w4a8"), str(project))


def test_an_export_without_target_lists_them(call, project, tmp_path):
    refused(call("export", project, "-o", tmp_path / "a.h"), "needs a target", "cortex-m4")


def test_a_self_test_has_a_limit(call, project, tmp_path):
    arguments = ("--target", "m4", "--self-test", 100000, "-o", tmp_path / "a.h")
    refused(call("export", project, *arguments), "self-test")


@pytest.mark.parametrize("command", ["simulate", "evaluate"])
def test_samples_that_do_not_fit(call, project, tmp_path, command):
    np.save(tmp_path / "x.npy", np.zeros((3, 5), np.float32))
    flag = {"simulate": "-i", "evaluate": "-d"}[command]
    output = {"simulate": ("-o", tmp_path / "y.npy"), "evaluate": ()}[command]
    refused(call(command, project, flag, tmp_path / "x.npy", *output), "x.npy")
    assert not (tmp_path / "y.npy").exists()


@pytest.mark.parametrize("name", ["n" * 300, "a\nb", "\udcff", " ", "model.onnx/inside"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("inspect", "{}.onnx"),
        ("evaluate", "{}.tmls"),
        ("quantize", "{model}", "-d", "{}.npz", "-o", "{good}"),
        ("quantize", "{model}", "-d", "{data}", "-o", "{}/x.tmls"),
        ("evaluate", "{project}", "--model", "{}"),
        ("evaluate", "{project}", "--calibration", "{}"),
    ],
)
def test_odd_paths_that_do_not_exist(call, example, project, tmp_path, name, arguments):
    places = {
        "model": example.model,
        "data": example.calibration,
        "project": project,
        "good": tmp_path / "good.tmls",
    }
    place = tmp_path / name
    (tmp_path / "model.onnx").write_bytes(b"")
    refused(call(*(part.format(place, **places) for part in arguments)))


@pytest.mark.parametrize("name", ["ünï 大", "with#hash", "a\nb", "\udcff", "n" * 240, "-o", "'\"$"])
def test_odd_paths_work(call, example, tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    model = folder / f"{name[:200]}.onnx"
    model.write_bytes(example.model.read_bytes())
    project = folder / f"{name[:200]}.tmls"
    assert call("quantize", model, "-d", example.calibration, "-o", project).status == 0
    header = folder / "a.h"
    assert call("export", project, "--target", "m4", "-o", header).status == 0
    assert header.read_bytes().isascii()
    assert call("inspect", project, "--json").json["model"] == str(model)
