"""``diff --dump``: what another engine or a device left, by name or by order."""

import json

import numpy as np
import pytest

from tests.formats.tflite.cases import CASES


@pytest.fixture
def trace(call, example, project, tmp_path):
    """A folder of every layer's integers for ten samples, and its index."""
    folder = tmp_path / "trace"
    done = call("simulate", project, "-i", example.calibration, "--samples", 10, "--trace", folder)
    assert done.status == 0
    return folder, json.loads((folder / "index.json").read_text())["tensors"]


def test_our_own_trace_is_equal(call, project, trace):
    done = call("diff", project, "--dump", trace[0], "--json")
    assert done.status == 0
    assert done.json["equal"]
    assert done.json["samples"] == 10
    assert len(done.json["layers"]) > 3
    assert call("diff", project, "--dump", trace[0]).out.startswith("10 samples: every integer")


def test_the_first_layer_that_differs_is_named_with_the_cause(call, project, trace):
    folder, entries = trace
    spoilt = [entry for entry in entries if entry["layer"] != "input"][1]
    values = np.load(folder / spoilt["file"])
    np.save(folder / spoilt["file"], values.astype(np.int16) + 128)
    done = call("diff", project, "--dump", folder, "--json")
    assert done.status == 1
    assert done.json["first_difference"] == spoilt["layer"]
    assert done.json["cause"].startswith("zero point: its values are 128 higher")
    (row,) = [row for row in done.json["layers"] if row["differing"]]
    assert (row["differing"], row["max_difference"]) == (values.size, 128)
    assert f"first difference: {spoilt['layer']}" in call("diff", project, "--dump", folder).out


def dumped(trace, folder, name, write):
    """Some layers of a trace in another form."""
    folder.mkdir()
    for position, entry in enumerate(trace[1]):
        write(folder, name(position, entry), np.load(trace[0] / entry["file"]), entry)
    return folder


def by_layer(_, entry):
    return entry["tensor"].replace("/", "-")


FORMS = {
    "npy by name": (by_layer, lambda d, n, x, e: np.save(d / f"{n}.npy", x)),
    "raw by name": (by_layer, lambda d, n, x, e: (d / f"{n}.bin").write_bytes(x.tobytes())),
    "numbered": (
        lambda k, e: f"{k:02d}_{by_layer(k, e)}",
        lambda d, n, x, e: np.save(d / f"{n}.npy", x),
    ),
    "a file a sample": (
        by_layer,
        lambda d, n, x, e: [
            (d / f"{n}_{i:05d}.raw").write_bytes(row.tobytes()) for i, row in enumerate(x)
        ],
    ),
    "real values": (
        by_layer,
        lambda d, n, x, e: np.save(
            d / f"{n}.npy", ((x.astype(np.float64) - e["zero_point"]) * e["scale"])
        ),
    ),
    "channels first": (
        by_layer,
        lambda d, n, x, e: np.save(d / f"{n}.npy", np.moveaxis(x, -1, 1)),
    ),
    "unsigned names": (
        lambda k, e: by_layer(k, e).upper(),
        lambda d, n, x, e: np.save(d / f"{n}.npy", x),
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_a_dump(form, call, project, trace, tmp_path):
    folder = dumped(trace, tmp_path / "dump", *FORMS[form])
    done = call("diff", project, "--dump", folder, "--json")
    assert (done.status, done.json["equal"], done.json["samples"]) == (0, True, 10)


@pytest.mark.parametrize("from_layer", [0, 1])
def test_a_dump_by_order(from_layer, call, project, trace, tmp_path):
    names = [row["name"] for row in call("diff", project, project, "--json").json["layers"]]
    last = {entry["layer"]: entry for entry in trace[1] if entry["layer"] != "input"}
    entries = [*(e for e in trace[1] if e["layer"] == "input"), *last.values()]
    assert len(entries) == len(names)
    folder = tmp_path / "dump"
    folder.mkdir()
    for position, entry in enumerate(entries[from_layer:]):
        np.save(folder / f"t{position}.npy", np.load(trace[0] / entry["file"]))
    done = call("diff", project, "--dump", folder, "--json")
    assert (done.status, done.json["equal"]) == (0, True)


def test_files_of_no_layer_are_named(call, project, trace):
    np.save(trace[0] / "stray.npy", np.zeros((10, 3)))
    done = call("diff", project, "--dump", trace[0], "--json")
    assert (done.status, done.json["ignored"]) == (0, ["stray"])
    assert "belongs to no layer: stray" in call("diff", project, "--dump", trace[0]).out


def test_layers_without_a_file_are_named(call, project, trace):
    missing = [entry for entry in trace[1] if entry["layer"] != "input"][2]
    (trace[0] / missing["file"]).unlink()
    done = call("diff", project, "--dump", trace[0], "--json")
    assert (done.status, done.json["absent"]) == (0, [missing["layer"]])
    said = call("diff", project, "--dump", trace[0]).out
    assert "every integer of every layer" not in said
    assert f"in no file: {missing['layer']}" in said


def test_another_engine_is_found_by_its_arithmetic(call, project, trace, tmp_path):
    other = tmp_path / "other.tmls"
    other.write_bytes(project.read_bytes())
    assert call("set", other, "--arithmetic", "onnx").status == 0
    done = call("diff", other, "--dump", trace[0], "--json")
    assert done.status == 1
    assert done.json["cause"] == "rounding mode: with the arithmetic tflm it gives these values"


def test_unsigned_integers_of_an_unsigned_file(call, tmp_path):
    model = tmp_path / "m.tflite"
    model.write_bytes(CASES["conv uint8"]().encode())
    project, folder = tmp_path / "p.tmls", tmp_path / "dump"
    np.save(tmp_path / "x.npy", np.random.default_rng(1).integers(0, 256, (4, 6, 5, 4), np.uint8))
    assert call("quantize", model, "-o", project).status == 0
    call("simulate", project, "-i", tmp_path / "x.npy", "--trace", folder)
    for path in folder.glob("*.npy"):
        np.save(path, (np.load(path).astype(int) + 128).astype(np.uint8))
    done = call("diff", project, "--dump", folder, "-d", tmp_path / "x.npy", "--json")
    assert (done.status, done.json["equal"]) == (0, True)


def shorter(folder, entry):
    np.save(folder / entry["file"], np.load(folder / entry["file"])[:4])


def cut(folder, entry):
    path = folder / entry["file"]
    path.write_bytes(path.read_bytes()[:-3])


def reshaped(folder, entry):
    np.save(folder / entry["file"], np.zeros((10, 3), np.int8))


def raw(folder, entry):
    (folder / entry["file"]).unlink()
    (folder / entry["file"]).with_suffix(".bin").write_bytes(b"abc")


def index(folder, entry):
    del entry
    (folder / "index.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (shorter, "samples"),
        (cut, "damaged"),
        (reshaped, "has shape"),
        (raw, "3 bytes"),
        (index, "index.json is damaged"),
    ],
)
def test_dumps_that_do_not_fit(damage, words, call, project, trace):
    damage(trace[0], trace[1][2])
    done = call("diff", project, "--dump", trace[0])
    assert done.status == 2
    assert words in done.err
    assert "Traceback" not in done.err


def test_folders_without_tensors(call, project, tmp_path):
    done = call("diff", project, "--dump", tmp_path / "none")
    assert (done.status, "cannot be read" in done.err) == (2, True)
    (tmp_path / "empty").mkdir()
    assert "holds no tensors" in call("diff", project, "--dump", tmp_path / "empty").err
    np.save(tmp_path / "empty" / "what.npy", np.zeros((2, 2)))
    assert (
        "1 tensors and the network has" in call("diff", project, "--dump", tmp_path / "empty").err
    )


def test_one_of_the_two(call, project, tmp_path):
    assert call("diff", project).status == 2
    assert call("diff", project, project, "--dump", tmp_path).status == 2


def test_more_samples_than_there_are_data(call, example, project, trace, tmp_path):
    np.savez(tmp_path / "few.npz", x=np.load(example.calibration)["x"][:3])
    done = call("diff", project, "--dump", trace[0], "-d", tmp_path / "few.npz")
    assert done.status == 2
    assert "the data only 3" in done.err
