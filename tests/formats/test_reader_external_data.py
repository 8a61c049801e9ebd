"""Weights in files of their own: inside the model's folder, and nowhere else."""

from __future__ import annotations

import os
import re

import numpy as np
import pytest
from onnx import TensorProto

from tests.formats.files import File, assert_same_outputs, read
from tinyml_studio.errors import ModelError

WEIGHT = np.arange(8, dtype=np.float32).reshape(4, 2)


def external_proto(**entries):
    file = File(4)
    proto = file.proto(file.add("MatMul", file.x, WEIGHT))
    weight = proto.graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    for key, value in entries.items():
        weight.external_data.add(key=key, value=str(value))
    return proto


@pytest.fixture
def folder(tmp_path):
    """A model's folder with data in it, beside a secret."""
    (tmp_path / "secret.bin").write_bytes(WEIGHT.tobytes())
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    (folder / "data.bin").write_bytes(bytes(16) + WEIGHT.tobytes())
    (folder / "sub" / "data.bin").write_bytes(WEIGHT.tobytes())
    return folder


@pytest.mark.parametrize(
    "entries",
    [
        {"location": "data.bin", "offset": 16, "length": 32},
        {"location": "data.bin", "offset": 16, "checksum": "abc"},
        {"location": "sub/data.bin"},
        {"location": "./sub/data.bin"},
    ],
)
def test_data_inside_the_folder_is_read(entries, folder):
    graph = read(external_proto(**entries), folder)
    np.testing.assert_array_equal(graph.nodes[0].op.weight, WEIGHT.T)


def test_the_working_folder_does_not_matter(folder, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data.bin").write_bytes(bytes(48))
    graph = read(external_proto(location="data.bin", offset=16), folder)
    np.testing.assert_array_equal(graph.nodes[0].op.weight, WEIGHT.T)
    inner = File(4)
    data = inner.proto(inner.add("MatMul", inner.x, WEIGHT)).SerializeToString()
    renamed = read(data, folder)
    assert_same_outputs(renamed, data, batch=2, tolerance=1e-5)


REFUSED = {
    "parent": ({"location": "../secret.bin"}, "outside the model's folder"),
    "hidden parent": ({"location": "sub/../../secret.bin"}, "outside the model's folder"),
    "inner parent": ({"location": "sub/../sub/data.bin"}, "outside the model's folder"),
    "absolute": ({"location": "/etc/passwd"}, "outside the model's folder"),
    "backslash": ({"location": "..\\secret.bin"}, "outside the model's folder"),
    "drive": ({"location": "C:data.bin"}, "outside the model's folder"),
    "empty": ({"location": ""}, "outside the model's folder"),
    "the folder itself": ({"location": "."}, "outside the model's folder"),
    "the model": ({"location": "model.onnx"}, "outside the model's folder"),
    "folder": ({"location": "sub"}, "not a regular file|cannot be read"),
    "missing": ({"location": "none.bin"}, "'none.bin' cannot be read"),
    "no location": ({"offset": 0}, "not valid"),
    "unknown key": ({"location": "data.bin", "mode": 1}, "not valid"),
    "too short": ({"location": "data.bin", "offset": 17}, "ends at byte 49"),
    "wrong length": ({"location": "data.bin", "length": 16}, "16 bytes where 32"),
    "negative": ({"location": "data.bin", "offset": -16}, "offset"),
    "not a number": ({"location": "data.bin", "length": "many"}, "length"),
    "huge": ({"location": "data.bin", "offset": 10**30}, "offset"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_paths_and_slices_that_are_refused(kind, folder):
    entries, reason = REFUSED[kind]
    with pytest.raises(ModelError, match=rf"the constant 'c2': .*({reason})"):
        read(external_proto(**entries), folder)


def test_a_repeated_key_is_refused(folder):
    proto = external_proto(location="data.bin", offset=16)
    proto.graph.initializer[0].external_data.add(key="location", value="sub/data.bin")
    with pytest.raises(ModelError, match="not valid"):
        read(proto, folder)


def test_data_in_both_places_is_refused(folder):
    proto = external_proto(location="sub/data.bin")
    proto.graph.initializer[0].raw_data = WEIGHT.tobytes()
    with pytest.raises(ModelError, match="in the file and outside"):
        read(proto, folder)


def make_symlink(folder):
    (folder / "link.bin").symlink_to(folder / "sub" / "data.bin")
    return "link.bin"


def make_folder_symlink(folder):
    (folder / "linked").symlink_to(folder.parent)
    return "linked/secret.bin"


def make_hard_link(folder):
    os.link(folder.parent / "secret.bin", folder / "hard.bin")
    return "hard.bin"


def make_fifo(folder):
    os.mkfifo(folder / "fifo.bin")
    return "fifo.bin"


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (make_symlink, "symbolic link"),
        (make_folder_symlink, "symbolic link"),
        (make_hard_link, "hard link"),
        (make_fifo, "not a regular file"),
    ],
)
def test_links_and_special_files_are_refused(make, reason, folder):
    location = make(folder)
    with pytest.raises(ModelError, match=re.escape(reason)):
        read(external_proto(location=location), folder)


def test_a_tensor_in_an_attribute_follows_the_same_rules(folder):
    file = File(4)
    tensor = TensorProto(data_type=1, dims=[4], data_location=TensorProto.EXTERNAL)
    tensor.external_data.add(key="location", value="../secret.bin")
    made = file.add("Add", file.x, file.add("Constant", value=tensor))
    with pytest.raises(ModelError, match="outside the model's folder"):
        read(file.proto(made), folder)
