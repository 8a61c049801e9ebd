"""The project file: what is saved comes back, and what is wrong is named."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tinyml_studio
from tinyml_studio.document.decode import decode
from tinyml_studio.document.document import Calibration, Document, ReferenceFile
from tinyml_studio.document.encode import encode
from tinyml_studio.document.migrate import migrate
from tinyml_studio.document.project_file import load_project, save_project
from tinyml_studio.document.strict_json import Table, parse
from tinyml_studio.errors import ProjectError
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, RangeMethod, Scheme

ROOT = Path(tinyml_studio.__file__).parent.parent
DIGEST = "0123456789abcdef" * 4
CHOICE = LayerScheme(4, 16, Granularity.TENSOR, RangeMethod.MSE)


def document(folder: Path) -> Document:
    return Document(
        model_path=folder / "model.onnx",
        model_sha256=DIGEST,
        calibration=Calibration(folder / "data" / "x.npz", DIGEST, 0.5, -3.0, 100),
        scheme=Scheme(layers={"conv1": CHOICE}, ranges={"conv1_out": (-1.5, 2.0)}),
        target="cortex-m4",
        seed=7,
    )


def test_what_is_saved_comes_back(tmp_path):
    project = tmp_path / "p.tmls"
    save_project(document(tmp_path), project)
    assert load_project(project) == document(tmp_path)


def test_a_reference_comes_back_and_none_leaves_no_trace(tmp_path):
    held = replace(document(tmp_path), reference=ReferenceFile(tmp_path / "float.onnx", DIGEST))
    save_project(held, tmp_path / "p.tmls")
    assert load_project(tmp_path / "p.tmls") == held
    assert json.loads((tmp_path / "p.tmls").read_text())["reference"]["path"] == "float.onnx"
    save_project(document(tmp_path), tmp_path / "p.tmls")
    assert "reference" not in json.loads((tmp_path / "p.tmls").read_text())


def test_input_shapes_come_back_and_none_leave_no_trace(tmp_path):
    path = tmp_path / "p.tmls"
    held = replace(document(tmp_path), input_shapes=(("wave", (1, 16000)), ("x=y", (1, 2, 3))))
    save_project(held, path)
    assert load_project(path) == held
    save_project(document(tmp_path), path)
    assert "input_shapes" not in path.read_text()


@pytest.mark.parametrize(
    ("shape", "reason"),
    [("[1, 0]", r"\[1\]: 1 to"), ("[1, 2.5]", "an integer"), ("5", "a list of sizes")],
)
def test_a_wrong_input_shape_is_named(tmp_path, shape, reason):
    path = tmp_path / "p.tmls"
    save_project(replace(document(tmp_path), input_shapes=(("x", (1, 77)),)), path)
    path.write_text(path.read_text().replace("[1, 77]", shape))
    with pytest.raises(ProjectError, match=rf'model.input_shapes\["x"\].*{reason}'):
        load_project(path)


def test_a_folder_that_moves_keeps_its_project(tmp_path):
    (tmp_path / "here").mkdir()
    save_project(document(tmp_path / "here"), tmp_path / "here" / "p.tmls")
    (tmp_path / "here").rename(tmp_path / "there")
    assert load_project(tmp_path / "there" / "p.tmls") == document(tmp_path / "there")


def test_files_elsewhere_are_named_absolutely(tmp_path):
    away = replace(document(tmp_path), model_path=Path("/somewhere/else.onnx"))
    save_project(away, tmp_path / "p.tmls")
    assert json.loads((tmp_path / "p.tmls").read_text())["model"]["path"] == "/somewhere/else.onnx"
    assert load_project(tmp_path / "p.tmls").model_path == Path("/somewhere/else.onnx")


def test_one_changed_layer_is_one_changed_line(tmp_path):
    scheme = Scheme(layers={"a": CHOICE, "b": CHOICE, "c": CHOICE})
    before = encode(replace(document(tmp_path), scheme=scheme), tmp_path).splitlines()
    changed = scheme.with_layer("b", LayerScheme(2, 8))
    after = encode(replace(document(tmp_path), scheme=changed), tmp_path).splitlines()
    assert [line for line in after if line not in before] == [
        '      "b": {"bits": "w2a8", "granularity": "channel", "range": "minmax"},'
    ]


@given(
    names=st.lists(st.text(), max_size=4, unique=True),
    limits=st.tuples(st.floats(-1e30, 0), st.floats(0, 1e30, exclude_min=True)),
    weight_bits=st.integers(1, 8),
    activation_bits=st.sampled_from((4, 8, 16)),
)
def test_any_scheme_comes_back(names, limits, weight_bits, activation_bits):
    choice = LayerScheme(weight_bits, activation_bits)
    scheme = Scheme(
        layers=dict.fromkeys(names, choice), ranges=dict.fromkeys(names, limits), percentile=99.5
    )
    folder = Path("/project")
    held = Document(folder / "m.onnx", DIGEST, scheme=scheme)
    assert decode(parse(encode(held, folder)), folder) == held


def test_a_path_of_any_bytes_comes_back(tmp_path):
    odd = replace(document(tmp_path), model_path=Path(os.fsdecode(b"/a/\xff\xc3\xa9#.onnx")))
    assert decode(parse(encode(odd, tmp_path)), tmp_path) == odd


def edited(*path, to):
    def edit(root):
        *way, last = path
        table = root
        for key in way:
            table = table[key]
        if to is None:
            del table[last]
        else:
            table[last] = to

    return edit


WRONG = [
    (edited("format", to=2), "format: 2 is newer"),
    (edited("format", to=0), "format: 0 is not readable"),
    (edited("format", to=True), "format: an integer is expected"),
    (edited("format", to=None), 'the key "format" is missing'),
    (edited("model", to=[]), "model: an object is expected, not a list"),
    (edited("model", "sha256", to="abc"), "model.sha256: 64 hexadecimal digits"),
    (edited("model", "path", to=""), "model.path: a path must not be empty"),
    (edited("model", "path", to="a\0b"), "model.path: a text must not hold a NUL"),
    (edited("data", "samples", to=0), "data.samples: 1 to"),
    (edited("data", "scale", to=-1), "data.scale: a number above 0"),
    (edited("data", "scale", to="x"), "data.scale: a number is expected, not a text"),
    (edited("arithmetic", to="nope"), "arithmetic: The arithmetic 'nope' is not available"),
    (edited("seed", to=1.5), "seed: an integer is expected"),
    (edited("colour", to=1), "colour: this key is not known here"),
    (
        edited("scheme", "layers", "conv1", "bits", to="w9a8"),
        'scheme.layers["conv1"].bits: Weights',
    ),
    (
        edited("scheme", "layers", "conv1", "bits", to="w8"),
        'scheme.layers["conv1"].bits: bits such',
    ),
    (edited("scheme", "layers", "conv1", "bit", to=1), 'scheme.layers["conv1"].bit: this key'),
    (edited("scheme", "default", "range", to="kl"), "scheme.default.range: one of minmax"),
    (edited("scheme", "ranges", "conv1_out", to=[1, 1]), 'scheme.ranges["conv1_out"]: the lower'),
    (edited("scheme", "ranges", "conv1_out", to=[1]), "a list of 2 numbers"),
    (edited("scheme", "percentile", to=10), "scheme.percentile: more than 50"),
]


@pytest.mark.parametrize(("edit", "message"), WRONG)
def test_a_wrong_value_is_named_with_its_place(tmp_path, edit, message):
    root = json.loads(encode(document(tmp_path), tmp_path))
    edit(root)
    project = tmp_path / "p.tmls"
    project.write_text(json.dumps(root))
    with pytest.raises(ProjectError) as caught:
        load_project(project)
    assert message in str(caught.value)
    assert str(project) in str(caught.value)


BROKEN = [
    (b"", "line 1, column 1"),
    (b"{", "line 1"),
    (b'{"a": 1, "a": 2}', '"a" stands twice'),
    (b'{"seed": NaN}', "NaN is not a JSON number"),
    (b"[" * 100_000, "nested too deeply"),
    (b"9" * 5000, "too many digits"),
    (b'{"format": "\xff"}', "not UTF-8"),
    (b"[]", "the file: an object is expected, not a list"),
    (b"{} {}", "line 1, column 4"),
]


@pytest.mark.parametrize(("content", "message"), BROKEN)
def test_a_broken_file_is_refused(tmp_path, content, message):
    project = tmp_path / "p.tmls"
    project.write_bytes(content)
    with pytest.raises(ProjectError, match="is not a valid project") as caught:
        load_project(project)
    assert message in str(caught.value)


def test_a_huge_number_is_not_finite(tmp_path):
    text = encode(document(tmp_path), tmp_path).replace("99.99", "1e999")
    (tmp_path / "p.tmls").write_text(text)
    with pytest.raises(ProjectError, match=r"scheme\.percentile: the number is not finite"):
        load_project(tmp_path / "p.tmls")


def test_a_huge_file_is_refused_unread(tmp_path):
    with (tmp_path / "p.tmls").open("wb") as stream:
        stream.truncate(1 << 32)
    with pytest.raises(ProjectError, match="more than 16 MiB"):
        load_project(tmp_path / "p.tmls")


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_only_regular_files_are_read(tmp_path, make):
    make(tmp_path / "p.tmls")
    with pytest.raises(ProjectError, match="not a regular file"):
        load_project(tmp_path / "p.tmls")


def test_an_older_format_is_migrated_step_by_step():
    steps = {1: lambda old: {"b": old["a"]}, 2: lambda old: {"c": old["b"]}}
    table = migrate(Table({"format": 1, "a": 5}), current=3, steps=steps)
    assert table.values == {"format": 3, "c": 5}


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def places(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))


@given(data=st.data(), value=ANY_JSON)
def test_whatever_stands_in_it_a_project_is_read_or_refused(tmp_path_factory, data, value):
    root = json.loads(encode(document(Path("/p")), Path("/p")))
    path = data.draw(st.sampled_from([held for held in places(root) if held]))
    edited(*path, to=value)(root)
    project = tmp_path_factory.getbasetemp() / "fuzzed.tmls"
    project.write_text(json.dumps(root))
    with contextlib.suppress(ProjectError):
        held = load_project(project)
        save_project(held, project)
        assert load_project(project) == held


SAVE_FOR_EVER = """
import sys
from pathlib import Path
from tinyml_studio.document.document import Document
from tinyml_studio.document.project_file import save_project
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
layers = {f"layer_{i}": LayerScheme(4) for i in range(2000)}
seed = 0
while True:
    seed += 1
    document = Document(Path("/m.onnx"), "0" * 64, scheme=Scheme(layers=layers), seed=seed)
    save_project(document, Path(sys.argv[1]))
    print(seed, flush=True)
"""


def test_a_killed_save_leaves_a_complete_file(tmp_path):
    project = tmp_path / "p.tmls"
    for round_ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", SAVE_FOR_EVER, str(project)], stdout=subprocess.PIPE, cwd=ROOT
        ) as child:
            child.stdout.readline()
            time.sleep(0.013 * round_)
            child.send_signal(signal.SIGKILL)
        assert len(load_project(project).scheme.layers) == 2000
