"""Every command end to end on a bundled example."""

import json
import subprocess as sp

import numpy as np
import pytest

from tinyml_studio.app.studio import Studio
from tinyml_studio.verify.report import VerifyReport


def test_examples_and_targets_are_listed(call):
    assert {row["name"] for row in call("examples", "--json").json} >= {"digits", "motion"}
    rows = call("targets", "--json").json
    assert {"name", "core", "flash_bytes", "ram_bytes", "clock_hz"} <= set(rows[0])
    assert "cortex-m4" in call("targets").out


def test_inspect_lists_layers(call, example):
    found = call("inspect", example.model, "--json").json
    assert {"layers", "inputs", "outputs", "quantization"} <= set(found)
    keys = {"name", "op", "output_shape", "parameters", "macs"}
    assert all(keys <= set(layer) for layer in found["layers"])
    assert sum(layer["macs"] for layer in found["layers"]) == found["macs"] > 0
    text = call("inspect", example.model).out
    assert all(layer["name"] in text for layer in found["layers"])


def test_inspect_of_a_project_knows_the_ranges_of_activations(call, example, project):
    of_model = call("inspect", example.model, "--json").json["layers"]
    of_project = call("inspect", project, "--json").json["layers"]
    assert {layer["output_range"] for layer in of_model} == {None}
    for one, other in zip(of_model, of_project, strict=True):
        low, high = other["output_range"]
        assert low < high
        assert {**other, "output_range": None} == one
    assert "output range" in call("inspect", project).out


def test_quantize_and_set_leave_a_readable_project(call, example, tmp_path):
    project = tmp_path / "p.tmls"
    done = call(
        *("quantize", example.model, "-d", example.calibration, "-o", project),
        *("--bits", "w4a8", "--layer", "*=a16", "--range", "mse", "--samples", "20", "--json"),
    )
    assert (done.status, done.err) == (0, "")
    weighted = [row for row in done.json["layers"] if row["weight_bits"] is not None]
    assert {row["weight_bits"] for row in weighted} == {4}
    name = weighted[0]["name"]
    changed = call("set", project, "--layer", f"{name}=w2", "--json").json
    assert {row["name"]: row["weight_bits"] for row in changed["layers"]}[name] == 2
    saved = json.loads(project.read_text())
    assert saved["format"] == 1
    assert saved["data"]["samples"] == 20
    assert saved["scheme"]["layers"][name]["bits"].startswith("w2")


def test_set_ranges_and_target(call, project):
    layer = call("set", project, "--json").json["layers"][1]["name"]
    call("set", project, "--tensor-range", f"{layer}=-1,2", "--target", "m4")
    saved = json.loads(project.read_text())
    assert list(saved["scheme"]["ranges"].values()) == [[-1.0, 2.0]]
    assert saved["target"] == "cortex-m4"
    call("set", project, "--tensor-range", f"{layer}=auto")
    assert json.loads(project.read_text())["scheme"]["ranges"] == {}


def test_evaluate_reports_the_contracts_keys(call, example, project):
    found = call("evaluate", project, "-d", example.test, "--samples", "50", "--json").json
    assert found["samples"] == 50
    assert found["float"]["accuracy"] > 0.9
    assert found["integer"]["accuracy"] > 0.9
    assert 0.9 <= found["agreement"] <= 1.0
    keys = {"name", "op", "weight_bits", "activation_bits"}
    keys |= {"sqnr_isolated_db", "sqnr_cumulative_db", "clipped"}
    assert all(keys <= set(layer) for layer in found["layers"])
    text = call("evaluate", project, "--samples", "10").out
    assert "accuracy" in text
    assert "dB" in text


def samples_of(example, tmp_path, count=12):
    file = tmp_path / "x.npy"
    np.save(file, np.load(example.test)["x"][:count])
    return file


def test_simulate_is_close_to_float(call, example, project, tmp_path):
    x = samples_of(example, tmp_path)
    call("simulate", project, "-i", x, "-o", tmp_path / "i.npy")
    call("simulate", project, "-i", x, "-o", tmp_path / "f.npy", "--float")
    integer, real = np.load(tmp_path / "i.npy"), np.load(tmp_path / "f.npy")
    assert integer.dtype == real.dtype == np.float32
    assert integer.shape == real.shape
    assert np.abs(integer - real).max() < 0.2


def test_integers_device_bytes_and_trace_agree(call, example, project, tmp_path):
    x = samples_of(example, tmp_path)
    done = call(
        *("simulate", project, "-i", x, "-o", tmp_path / "q.npy", "--integers"),
        *("--device-io", tmp_path / "io", "--trace", tmp_path / "trace"),
    )
    assert done.status == 0
    integers = np.load(tmp_path / "q.npy")
    assert integers.dtype == np.int8
    written = sorted((tmp_path / "io").glob("output_*.bin"))
    assert [file.name for file in written][:2] == ["output_00000.bin", "output_00001.bin"]
    assert b"".join(file.read_bytes() for file in written) == integers.tobytes()
    index = json.loads((tmp_path / "trace" / "index.json").read_text())
    last = np.load(tmp_path / "trace" / index["tensors"][-1]["file"])
    assert index["samples"] == len(last) == len(integers)
    assert np.array_equal(last.reshape(integers.shape), integers)


def test_dequantized_outputs_are_the_integers_on_their_grid(call, example, project, tmp_path):
    x = samples_of(example, tmp_path)
    call("simulate", project, "-i", x, "-o", tmp_path / "q.npy", "--integers")
    call(*("simulate", project, "-i", x, "-o", tmp_path / "y.npy", "--trace", tmp_path / "trace"))
    grid = json.loads((tmp_path / "trace" / "index.json").read_text())["tensors"][-1]
    real = (np.load(tmp_path / "q.npy").astype(np.float64) - grid["zero_point"]) * grid["scale"]
    assert np.array_equal(np.load(tmp_path / "y.npy"), real.astype(np.float32))


def test_an_earlier_dump_does_not_linger(call, example, project, tmp_path):
    kept = tmp_path / "io" / "mine.npy"
    kept.parent.mkdir()
    kept.write_bytes(b"mine")
    for count in (9, 3):
        x = samples_of(example, tmp_path, count)
        call(*("simulate", project, "-i", x, "--device-io", kept.parent, "--trace", kept.parent))
    assert len(list(kept.parent.glob("input_*.bin"))) == 3
    assert kept.read_bytes() == b"mine"


def test_export_is_the_same_every_time(call, project, tmp_path):
    for name in ("a.h", "b.h"):
        done = call(*("export", project, "--target", "cortex-m4", "--name", "net"),
                    *("--self-test", 2, "-o", tmp_path / name))  # fmt: skip
        assert done.status == 0
    text = (tmp_path / "a.h").read_text()
    assert text == (tmp_path / "b.h").read_text()
    assert "NET_ARENA_BYTES" in text
    assert "net_self_test" in text


def test_the_exported_header_is_valid_c(call, project, tmp_path):
    call("export", project, "--target", "m4", "--name", "net", "-o", tmp_path / "net.h")
    source = tmp_path / "net.c"
    source.write_text('#define NET_IMPLEMENTATION\n#include "net.h"\n')
    command = ["gcc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-c"]
    done = sp.run([*command, str(source), "-o", str(tmp_path / "net.o")], check=False)
    assert done.returncode == 0


def test_verify_agrees_with_the_simulator(call, project):
    done = call("verify", project, "--samples", 4, "--json")
    assert done.status == 0
    keys = {"match", "samples", "mismatched_elements", "first_layer_that_differs", "runs"}
    assert keys <= set(done.json)
    assert done.json["match"] is True
    keys = {"core", "compiler", "instructions", "flash_bytes", "ram_bytes", "stack_bytes"}
    assert all(keys <= set(run) for run in done.json["runs"])


def test_verify_runs_on_the_core_or_says_what_is_missing(call, project):
    done = call("verify", project, "--target", "nucleo-l4r5zi", "--samples", 2, "--json")
    assert done.status == 0
    cores = [run["core"] for run in done.json["runs"]]
    assert cores == ["host", "cortex-m4"] or "not installed" in done.json["notes"][0]
    text = call("verify", project, "--target", "esp32-s3", "--samples", 2).out
    assert "host" in text
    assert "xtensa-lx7: there is no emulator" in text


def test_an_estimate_holds_the_contracts_keys(call, project):
    done = call("estimate", project, "--target", "nrf52840", "--json")
    assert done.status == 0
    sizes = {"flash_bytes", "weight_bytes", "code_bytes", "ram_bytes", "arena_bytes", "stack_bytes"}
    assert {*sizes, "instructions", "latency_ms", "energy_mj", "layers"} <= set(done.json)
    held = done.json
    assert held["weight_bytes"] + held["code_bytes"] < held["flash_bytes"]
    if held["instructions"] is not None:
        low, high = held["latency_ms_span"]
        assert low < held["latency_ms"] < high
        assert held["ram_bytes"] == held["arena_bytes"] + held["stack_bytes"]
    assert "instructions" in call("estimate", project, "--target", "m4").out
    assert "needs a target" in call("estimate", project).err


def test_a_target_of_ones_own_is_a_file(call, project, tmp_path):
    own = tmp_path / "mine.toml"
    own.write_text('name = "mine"\ntitle = "My own"\ncore = "cortex-m7"\n')
    header = tmp_path / "net.h"
    assert call("export", project, "--target", own, "-o", header).status == 0
    assert "mine" in header.read_text()
    assert str(tmp_path) not in header.read_text()
    own.write_text('name = "mine"\ntitle = "My own"\ncore = "m7"\n')
    done = call("export", project, "--target", own, "-o", header)
    assert done.status == 2
    assert "mine.toml: core: must be one of" in done.err


def test_verify_takes_other_samples(call, example, project):
    done = call("verify", project, "-d", example.test, "--samples", 40, "--json")
    assert done.json["samples"] == 40
    assert done.json["match"] is True
    assert call("verify", project, "--json").json["samples"] == 16


def test_a_difference_is_status_1(call, project, monkeypatch):
    report = VerifyReport(False, 16, 3, "conv", ())
    monkeypatch.setattr(Studio, "verify", lambda *_, **__: report)
    done = call("verify", project)
    assert done.status == 1
    assert "conv" in done.out


def test_a_project_whose_files_moved_is_located(call, example, project, tmp_path):
    saved = json.loads(project.read_text())
    saved["model"]["path"] = "gone.onnx"
    saved["data"]["path"] = "gone.npz"
    project.write_text(json.dumps(saved))
    done = call("evaluate", project)
    assert done.status == 2
    assert "gone.onnx" in done.err
    done = call("evaluate", project, "--model", example.model, "--samples", "5")
    assert done.status == 2
    assert "gone.npz" in done.err
    located = ("--model", example.model, "--calibration", example.calibration)
    assert call("evaluate", project, *located, "--samples", "5").status == 0


def test_set_writes_where_the_files_are_now(call, example, project):
    saved = json.loads(project.read_text())
    saved["model"] = {"path": "gone.onnx", "sha256": "0" * 64}
    saved["scheme"]["layers"] = {"gone": saved["scheme"]["default"]}
    saved["scheme"]["default"] = {**saved["scheme"]["default"], "bits": "w4a8"}
    project.write_text(json.dumps(saved))
    assert call("set", project, "--model", example.model).status == 2
    assert call("set", project, "--model", example.model, "--accept-changed").status == 0
    assert call("evaluate", project, "--samples", "5").status == 0
    assert json.loads(project.read_text())["scheme"]["layers"] == {}


@pytest.mark.parametrize("command", ["inspect", "quantize", "set", "evaluate", "simulate"])
def test_json_is_all_there_is_on_stdout(call, command, example, project, tmp_path):
    x = samples_of(example, tmp_path)
    calls = {
        "inspect": ("inspect", example.model),
        "quantize": ("quantize", example.model, "-d", x, "-o", tmp_path / "new.tmls"),
        "set": ("set", project, "--bits", "w8a8"),
        "evaluate": ("evaluate", project, "--samples", 4),
        "simulate": ("simulate", project, "-i", x, "-o", tmp_path / "y.npy"),
    }
    done = call(*calls[command], "--json")
    assert done.status == 0
    assert done.err == ""
    assert done.json
