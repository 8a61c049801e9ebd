"""Networks that others trained: accuracy after quantization, and the header on every sample."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.c.compilers import need
from tinyml_studio.app.studio import Studio
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
CALIBRATION = 100
MNIST_SAMPLES = 600
MSE_W4 = {
    "bits": "w4a8",
    "granularity": Granularity.CHANNEL,
    "range_method": RangeMethod.MSE,
}
SETS = {
    "kws": ("kws/kws_ref_float.onnx", "kws/data/kws_features_int8_600.npz", 600),
    "ic": ("ic/resnet8_float.onnx", "ic/data/cifar10_lossless_149.npz", 149),
    "ic-jpeg": ("ic/resnet8_float.onnx", "ic/data/cifar10_jpeg_1000.npz", 1000),
    "mnist8": ("mnist/mnist8_cntk.onnx", "mnist/data/mnist_t10k_0-4999.npz", MNIST_SAMPLES),
    "mnist14": ("mnist/mnist_atmega.onnx", "mnist/data/mnist_t10k_0-4999.npz", MNIST_SAMPLES),
}


@dataclass(frozen=True)
class Case:
    """A calibrated network and all of its labelled samples."""

    studio: Studio
    samples: Samples

    def accuracies(self) -> tuple[float, float]:
        """Of the float and of the integer network."""
        made = self.studio.evaluate(self.samples)
        assert made.samples == self.samples.count
        return made.float_accuracy, made.integer_accuracy

    def check_header(self) -> None:
        """Every output byte and every layer's checksum of every sample."""
        need("cc")
        report = self.studio.verify(self.samples, samples=self.samples.count)
        assert report.samples == self.samples.count
        assert report.first_layer_that_differs is None
        assert report.mismatched_elements == 0
        assert report.match


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Callable[[str], Case]:
    """Makes a case with the scheme that a new project has."""
    folders: dict[str, Path] = {}

    def make(name: str) -> Case:
        model, data, count = SETS[name]
        for file in (model, data):
            if not (MODELS / file).exists():
                pytest.skip(f"{file} is not on this machine")
        studio = Studio.open(MODELS / model)
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp(name)
            (port,) = studio.derived.graph.inputs
            write_samples(folders[name], MODELS / data, port.shape, count)
        studio.calibrate(folders[name] / "calibration.npz")
        return Case(studio, studio.read_samples(folders[name] / "all.npz"))

    return make


def write_samples(folder: Path, data: Path, shape: tuple[int, ...], count: int) -> None:
    """Samples in a model's shape: all of them with labels, and some to calibrate with."""
    with np.load(data) as held:
        x, y = held["x"][:count].astype(np.float32), held["y"][:count]
        if "scale" in held:
            x = (x - held["zero_point"]) * held["scale"]
    if shape == (1, 14, 14):
        x = x.reshape(-1, 14, 2, 14, 2).mean((2, 4)) / 255
    x = x.reshape(-1, *shape).astype(np.float32)
    chosen = np.random.default_rng(7).permutation(len(x))[:CALIBRATION]
    np.savez(folder / "calibration.npz", x=x[chosen])
    np.savez(folder / "all.npz", x=x, y=y)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("bits", "points"), [("w8a8", 1.0), ("w8a16", 0.5)])
def test_eight_bit_weights_keep_the_accuracy(case, name, bits, points):
    held = case(name)
    held.studio.set_default(bits=bits)
    real, integer = held.accuracies()
    count = held.samples.count
    # in whole samples: which ones change depends on the float sums of the processor that calibrates
    lost = math.ceil(count * points / 100)
    assert real > 0.7
    assert round(integer * count) >= round(real * count) - lost
    if name != "ic-jpeg" or bits == "w8a8":
        held.check_header()


@pytest.mark.parametrize(("name", "least"), [("kws", 0.885), ("ic", 0.68)])
def test_four_bit_weights_with_mse_ranges(case, name, least):
    held = case(name)
    held.studio.set_default(**MSE_W4)
    _, integer = held.accuracies()
    assert integer >= least
    held.check_header()


@pytest.mark.parametrize("name", ["kws", "ic", "mnist8"])
def test_mixed_bits(case, name):
    held = case(name)
    weighted = [row.name for row in held.studio.layers if row.weight_bits is not None]
    for layer in weighted[::2]:
        held.studio.set_bits(layer, "w4a8")
    held.studio.set_bits(weighted[1], "w2a8")
    held.studio.set_bits(weighted[-2], "a4")
    widths = {row.name: (row.weight_bits, row.activation_bits) for row in held.studio.layers}
    assert {2, 4} <= {widths[layer][0] for layer in weighted} <= {2, 4, 8}
    assert widths[weighted[-2]][1] == 4
    _, integer = held.accuracies()
    assert integer > 0.15
    held.check_header()
