"""Data that cannot be used is refused in one sentence: the file, the place, the reason."""

import io
import os
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from tinyml_studio.calibrate import archive, table
from tinyml_studio.calibrate.samples import Samples, read_samples
from tinyml_studio.errors import DataError

SHAPE = (4, 5, 3)
X = np.zeros((3, *SHAPE), np.float32)


def with_bad(value, dtype=np.float32):
    values = np.zeros((3, *SHAPE), dtype)
    values[1, 0, 0, 0] = value
    return values


# arrays of the archive, what the message says
ARRAYS = {
    "no x": ({"data": X, "y": [0, 1, 2]}, r"no array 'x'.*'data', 'y'"),
    "empty archive": ({}, r"no array 'x'.*no arrays"),
    "nan": ({"x": with_bad(np.nan)}, r"array 'x' .*sample 1 is not finite"),
    "infinity": ({"x": with_bad(-np.inf)}, r"sample 1 is not finite"),
    "beyond float32": ({"x": with_bad(1e39, np.float64)}, r"sample 1 is not finite"),
    "scaled beyond": ({"x": with_bad(3e38), "scale": 10.0}, r"sample 1 is not finite"),
    "integers scaled beyond": (
        {"x": with_bad(2**60, np.int64), "scale": 1e30},
        r"sample 1 is not finite",
    ),
    "pickled": ({"x": np.array([{}, {}], dtype=object)}, r"pickled.*\(save a plain array"),
    "complex": ({"x": X.astype(complex)}, r"array 'x' .*complex128"),
    "text": ({"x": np.array(["a", "b"])}, r"array 'x' .*str"),
    "dates": ({"x": np.zeros(3, "M8[s]")}, r"array 'x' .*datetime64"),
    "records": ({"x": np.zeros(3, [("a", "f4")])}, r"array 'x' "),
    "no samples": ({"x": X[:0]}, r"array 'x' .*no samples"),
    "a number": ({"x": np.float32(1)}, r"array 'x' .*no samples"),
    "one sample": ({"x": X[0]}, r"\(4, 5, 3\).*\(N, 4, 5, 3\).*x\[numpy\.newaxis\]"),
    "channels first": ({"x": X.transpose(0, 3, 1, 2)}, r"x\.transpose\(0, 2, 3, 1\)"),
    "flat": ({"x": X.reshape(3, -1)}, r"\(3, 60\).*x\.reshape\(-1, 4, 5, 3\)"),
    "another size": ({"x": np.zeros((3, 8, 8, 3))}, r"\(3, 8, 8, 3\).*\(N, 4, 5, 3\)"),
    "few labels": ({"x": X, "y": [1, 2]}, r"array 'y' .*2 labels for 3 samples"),
    "one-hot labels": ({"x": X, "y": np.eye(3)}, r"array 'y' .*argmax"),
    "text labels": ({"x": X, "y": ["a", "b", "c"]}, r"array 'y' "),
    "broken labels": ({"x": X, "y": [0, 0.5, 1]}, r"array 'y' .*sample 1 is 0\.5"),
    "negative labels": ({"x": X, "y": [0, 1, -1]}, r"array 'y' .*sample 2 is -1"),
    "labels nan": ({"x": X, "y": [np.nan, 1, 1]}, r"array 'y' .*sample 0 is nan"),
    "many scales": ({"x": X, "scale": [1, 2]}, r"array 'scale' .*no single number"),
    "scale zero": ({"x": X, "scale": 0.0}, r"scale is 0"),
    "scale nan": ({"x": X, "scale": np.nan}, r"scale is nan"),
    "zero point": ({"x": X, "zero_point": np.inf}, r"zero point\) is inf"),
}


@pytest.mark.parametrize(("arrays", "message"), ARRAYS.values(), ids=ARRAYS.keys())
def test_archives(tmp_path, identity_graph, arrays, message):
    path = tmp_path / "bad.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=message) as raised:
        read_samples(path, identity_graph(SHAPE))
    assert "bad.npz" in raised.value.title


def npy(array=X, cut=0, **changes):
    """The bytes of an .npy file, its header changed or its end cut off."""
    header = {"descr": array.dtype.str, "fortran_order": False, "shape": array.shape} | changes
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, header)
    file.write(array.tobytes())
    return file.getvalue()[: -cut or None]


def deep_header():
    text = b"(" * 5000 + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


FILES = {
    "nothing": (b"", "is not a NumPy array"),
    "other": (b"hello, this is text", "is not a NumPy array"),
    "deep header": (deep_header(), "is not a NumPy array"),
    "cut header": (npy()[:40], "is not a NumPy array"),
    "cut": (npy(cut=4), "damaged.*720.*716"),
    "longer": (npy() + b"1", "damaged.*720.*721"),
    "bomb": (npy(shape=(10**12, 4, 5, 3)), "damaged"),
    "overflow": (npy(shape=(2**62, 2**62, 4)), "damaged"),
    "negative": (npy(shape=(-3, 4, 5, 3)), "shape is"),
    "pickled": (npy(descr="|O"), "pickled"),
    "long double": (npy(descr="<f16"), "float128"),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES.keys())
def test_damaged_arrays(tmp_path, identity_graph, content, message):
    path = tmp_path / "bad.npy"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message) as raised:
        read_samples(path, identity_graph(SHAPE))
    assert "bad.npy" in raised.value.title
    with zipfile.ZipFile(tmp_path / "bad.npz", "w") as zipped:
        zipped.writestr("x.npy", content)
    with pytest.raises(DataError, match=message):
        read_samples(tmp_path / "bad.npz", identity_graph(SHAPE))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04rest", b"\x93NUMPY"], ids=str)
def test_what_is_no_archive(tmp_path, identity_graph, content):
    (tmp_path / "bad.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"bad\.npz is not an \.npz archive"):
        read_samples(tmp_path / "bad.npz", identity_graph(SHAPE))


def test_a_damaged_member(tmp_path, identity_graph):
    path = tmp_path / "bad.npz"
    np.savez(path, x=X)
    content = bytearray(path.read_bytes())
    content[300] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"array 'x' .*cannot be unpacked"):
        read_samples(path, identity_graph(SHAPE))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_arrays_of_one_name(tmp_path, identity_graph):
    path = tmp_path / "bad.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("x.npy", npy())
        file.writestr("x.npy", npy())
    with pytest.raises(DataError, match=r"x\.npy is in it twice"):
        read_samples(path, identity_graph(SHAPE))


def test_an_archive_is_not_unpacked_beyond_the_limit(tmp_path, identity_graph, monkeypatch):
    monkeypatch.setattr(archive, "UNPACKED_BYTES", 1000)
    path = tmp_path / "bomb.npz"
    np.savez_compressed(path, x=np.zeros((100, *SHAPE)))
    with pytest.raises(DataError, match=r"too large to unpack.*the limit is 1000.*\.npy"):
        read_samples(path, identity_graph(SHAPE))


TABLES = {
    "empty": ("", "no samples"),
    "only a heading": ("a,b,c\n", "no samples"),
    "columns": ("1,2\n", r"line 1 has 2 values.*the model's input has 3"),
    "too many": ("1,2,3,4,5\n", "line 1 has 5 values"),
    "ragged": ("1,2,3\n1,2,3,4\n", "line 2 has 4 values, the lines before have 3"),
    "word": ("1,2,3\n\n1,x,3\n", "line 3: 'x' is not a number"),
    "gap": ("1,2,3\n1,,3\n", "line 2: '' is not a number"),
    "underscore": ("1_0,2,3\n1,2,3\n", "line 1: '1_0' is not a number"),
    "nan": ("1,2,3\n1,nan,3\n", "sample 1 is not finite"),
    "large": ("1,2,3\n1,1e39,3\n", "sample 1 is not finite"),
    "label": ("1,2,3,1\n1,2,3,0.5\n", "label of sample 1 is 0.5"),
    "semicolons": ("1;2;3\n", "line|no samples"),
}


@pytest.mark.parametrize(("text", "message"), TABLES.values(), ids=TABLES.keys())
def test_tables(tmp_path, identity_graph, text, message):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=message) as raised:
        read_samples(path, identity_graph((3,)))
    assert "bad.csv" in raised.value.title


def test_a_table_that_is_no_text(tmp_path, identity_graph):
    (tmp_path / "bad.csv").write_bytes(b"1,2,3\n\xff\xfe")
    with pytest.raises(DataError, match="not a text file"):
        read_samples(tmp_path / "bad.csv", identity_graph((3,)))


def test_a_table_that_is_too_large(tmp_path, identity_graph, monkeypatch):
    monkeypatch.setattr(table, "UNPACKED_BYTES", 10)
    (tmp_path / "bad.csv").write_text("1,2,3\n" * 4)
    with pytest.raises(DataError, match="too large"):
        read_samples(tmp_path / "bad.csv", identity_graph((3,)))


def image(path, size=(5, 4), mode="RGB"):
    path.parent.mkdir(exist_ok=True)
    Image.new(mode, size).save(path)


IMAGES = {
    "none": (lambda d: None, "no PNG, JPEG or BMP images"),
    "size": (lambda d: image(d / "a.png", (4, 5)), r"a\.png is 4 x 5 pixels.*5 x 4"),
    "deep": (lambda d: image(d / "a.png", mode="I;16"), r"a\.png does not have 8 bits"),
    "broken": (lambda d: (d / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n"), r"a\.png cannot"),
    "other format": (lambda d: Image.new("L", (5, 4)).save(d / "a.png", "GIF"), "cannot be read"),
    "bomb": (lambda d: image(d / "a.png", (20_000, 20_000), "1"), r"a\.png cannot be read"),
    "large": (lambda d: image(d / "a.png", (12_000, 12_000), "1"), r"a\.png cannot be read"),
    "mixed": (
        lambda d: (image(d / "a.png"), image(d / "1" / "b.png")),
        "images beside subfolders",
    ),
}


@pytest.mark.parametrize(("make", "message"), IMAGES.values(), ids=IMAGES.keys())
def test_images(tmp_path, identity_graph, make, message):
    folder = tmp_path / "folder"
    folder.mkdir()
    make(folder)
    with pytest.raises(DataError, match=message):
        read_samples(folder, identity_graph(SHAPE))


@pytest.mark.parametrize("shape", [(60,), (4, 5, 2), (2, 3, 4, 5)], ids=str)
def test_images_for_a_model_that_takes_none(tmp_path, identity_graph, shape):
    image(tmp_path / "a.png")
    with pytest.raises(DataError, match="not that of a gray or RGB image"):
        read_samples(tmp_path, identity_graph(shape))


@pytest.mark.parametrize(
    ("name", "message"),
    [("missing.npz", "does not exist"), ("a.txt", "give an .npz"), ("pipe.npy", "give an .npz")],
)
def test_files_of_other_kinds(tmp_path, identity_graph, name, message):
    (tmp_path / "a.txt").write_text("x")
    os.mkfifo(tmp_path / "pipe.npy")
    with pytest.raises(DataError, match=message):
        read_samples(tmp_path / name, identity_graph(SHAPE))


def test_a_file_that_may_not_be_read(tmp_path, identity_graph, monkeypatch):
    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.npy"
    np.save(path, X)
    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(DataError, match=r"x\.npy cannot be read: Permission denied"):
        read_samples(path, identity_graph(SHAPE))


def test_a_model_with_several_inputs(tmp_path, identity_graph):
    graph = identity_graph(SHAPE, (2,))
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(DataError, match=r"2 inputs .*'in0', 'in1'"):
        read_samples(tmp_path / "x.npy", graph)
    np.savez(tmp_path / "x.npz", in0=X)
    with pytest.raises(DataError, match="no array 'in1'"):
        read_samples(tmp_path / "x.npz", graph)
    np.savez(tmp_path / "x.npz", in0=X, in1=np.zeros((4, 2)))
    with pytest.raises(DataError, match=r"'in1' .*holds 4 samples, .*'in0' .*holds 3"):
        read_samples(tmp_path / "x.npz", graph)


def test_the_model_wants_channels_first(tmp_path, identity_graph):
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(DataError, match=r"x\.transpose\(0, 3, 1, 2\)"):
        read_samples(tmp_path / "x.npy", identity_graph((3, 4, 5)))


@pytest.mark.parametrize("scaling", [{"scale": 0.0}, {"scale": float("inf")}, {"offset": np.nan}])
def test_given_scaling(tmp_path, identity_graph, scaling):
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(DataError, match="the given"):
        read_samples(tmp_path / "x.npy", identity_graph(SHAPE), **scaling)


def test_arrays_in_memory():
    with pytest.raises(DataError, match="complex128"):
        Samples.of([X.astype(complex)])
    with pytest.raises(DataError, match="labels for 3 samples"):
        Samples.of([X], labels=[1])
