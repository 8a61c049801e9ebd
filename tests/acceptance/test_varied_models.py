"""Networks of many kinds go from file to compiled header, with bits of many kinds."""

from __future__ import annotations

import random
from contextlib import suppress
from math import log10
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest

from tests.acceptance.networks import NETWORKS
from tests.c.compilers import WARNINGS, compile_c, implementation, need
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import SchemeError

SAMPLES = 24
UNIFORM = ("w8a8", "w4a8", "w2a8", "w1a8", "w8a16", "w8a4")
BY_NETWORK = {name: UNIFORM[index % len(UNIFORM)] for index, name in enumerate(NETWORKS)}


def draw(proto: onnx.ModelProto, seed: int) -> dict[str, np.ndarray]:
    """Samples that the network was not made for: correlated, with noise and an offset."""
    rng = np.random.default_rng(seed)
    made = {}
    for port in proto.graph.input:
        shape = [dim.dim_value for dim in port.type.tensor_type.shape.dim][1:]
        coarse = rng.normal(0.3, 1, (SAMPLES, *[1] * len(shape)))
        made[port.name] = (coarse + rng.normal(0, 0.7, (SAMPLES, *shape))).astype(np.float32)
    return made


def opened(name: str, folder: Path) -> tuple[Studio, onnx.ModelProto, dict[str, np.ndarray]]:
    """A network through its file, calibrated."""
    proto = NETWORKS[name](7)
    samples = draw(proto, 11)
    (folder / "model.onnx").write_bytes(proto.SerializeToString())
    single = {"x": next(iter(samples.values()))}
    np.savez(folder / "data.npz", **(single if len(samples) == 1 else samples))
    studio = Studio.open(folder / "model.onnx")
    studio.calibrate(folder / "data.npz")
    return studio, proto, samples


def mix(studio: Studio, seed: str) -> None:
    """Bits by chance for every layer that takes any."""
    chance = random.Random(seed)  # noqa: S311 - bits for a test
    for row in studio.layers:
        weights, activations = chance.randint(1, 8), chance.choice((4, 8, 16))
        bits = f"w{weights}" if row.weight_bits is not None else ""
        with suppress(SchemeError):  # layers that keep the grid of their input
            studio.set_bits(row.name, f"{bits}a{activations}")
    assert len({(row.weight_bits, row.activation_bits) for row in studio.layers}) > 2


def sqnr(real: np.ndarray, integer: np.ndarray) -> float:
    noise = float(np.mean((real - integer) ** 2, dtype=np.float64))
    return 10 * log10(float(np.mean(real**2, dtype=np.float64)) / max(noise, 1e-30))


@pytest.mark.parametrize("name", NETWORKS)
def test_float_and_integers_follow_the_file(name, tmp_path):
    studio, proto, samples = opened(name, tmp_path)
    session = ort.InferenceSession(proto.SerializeToString())
    fixed = proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value
    step = fixed or SAMPLES
    runs = [
        session.run(None, {key: x[at : at + step] for key, x in samples.items()})
        for at in range(0, SAMPLES, step)
    ]
    arrays = list(samples.values())
    x = arrays[0] if len(arrays) == 1 else arrays
    expected = [np.concatenate(parts) for parts in zip(*runs, strict=True)]
    for want, got in zip(expected, studio.float_run(x), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4 * np.abs(want).max())
    ratios = {}
    for bits in ("w8a8", "w8a16"):
        studio.set_default(bits=bits)
        made = studio.simulate(x)
        ratios[bits] = min(map(sqnr, expected, made))
    assert ratios["w8a8"] > 20
    assert ratios["w8a16"] > max(32, ratios["w8a8"])


@pytest.mark.parametrize("choice", ["uniform", "mixed"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_header_gives_the_same_integers(name, choice, tmp_path):
    need("gcc")
    studio, _, _ = opened(name, tmp_path)
    if choice == "mixed":
        mix(studio, name)
    else:
        studio.set_default(bits=BY_NETWORK[name])
    report = studio.verify(samples=SAMPLES)
    assert report.first_layer_that_differs is None
    assert report.mismatched_elements == 0
    assert report.match


@pytest.mark.parametrize("name", NETWORKS)
def test_the_header_is_repeatable_and_without_warnings(name, tmp_path):
    studio, _, _ = opened(name, tmp_path)
    mix(studio, name)
    header = studio.header(target="cortex-m4", name="net", self_test=1)
    assert header == studio.header(target="cortex-m4", name="net", self_test=1)
    source = implementation(tmp_path, header, "net", "SELF_TEST", "FLOAT_HELPERS")
    compile_c(tmp_path, "gcc", "-std=c99", "-O1", *WARNINGS, "-c", source, "-o", "net.o")
