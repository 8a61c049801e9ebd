"""Networks of others: every integer of TFLite-Micro's and LiteRT's, where they are at hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tinyml_studio.app.studio import Studio
from tinyml_studio.arith.profile import LITERT, TFLM, XNNPACK
from tinyml_studio.formats.reader import read_model
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.quantize.file_grids import file_scheme
from tinyml_studio.simulate.run import run

MODELS = Path(__file__).resolve().parents[4] / "shared" / "models"
GOLDEN = {
    "kws/kws_ref_model.tflite": "mlperf_kws_ref_model",
    "ic/pretrainedResnet_quant.tflite": "mlperf_pretrainedResnet_quant",
    "ic/tinymaix_cifar10_q.tflite": "tinymaix_cifar10_q",
    "mnist/tinymaix_mnist_valid_q.tflite": "tinymaix_mnist_valid_q",
    "mnist/tinymaix_mnist_resnet_q.tflite": "tinymaix_mnist_resnet_q",
    "tflm/hello_world_int8.tflite": "tflm_hello_world_int8",
    "tflm/micro_speech_quantized.tflite": "micro_speech_quantized",
}
SEANET = [
    *(f"add/add{number}" for number in range(0, 17, 2)),
    *(f"conv/conv{number}" for number in range(0, 21, 2)),
]
FLOAT = (
    "kws/kws_ref_model_float32.tflite",
    "ic/pretrainedResnet.tflite",
    "mnist/tinymaix_mnist_resnet_f.tflite",
    "tflm/hello_world_float.tflite",
)


def model(name: str) -> Path:
    """The path of a model; the test is skipped where it is not at hand."""
    path = MODELS / name
    if not path.exists():
        pytest.skip(f"the model {name} is not at hand")
    return path


def output(path: Path, inputs, arithmetic=TFLM) -> np.ndarray:
    """The first output's integers for the file's own scheme."""
    graph = prepare(read_model(path))
    program = lower(graph, {}, file_scheme(graph), arithmetic)
    shaped = (
        values.reshape(-1, *port.shape) for values, port in zip(inputs, graph.inputs, strict=True)
    )
    return run(program, tuple(shaped)).values[program.outputs[0]]


@pytest.mark.parametrize("name", GOLDEN)
def test_integers_are_those_of_tflite_micro(name):
    path = model(name)
    golden = np.load(path.parent / "golden" / f"{GOLDEN[name]}.npz")
    found = output(path, [golden["inputs"]])
    np.testing.assert_array_equal(found, golden["outputs_tflm"].reshape(found.shape))


@pytest.mark.parametrize("name", [name for name in GOLDEN if "micro_speech" not in name])
def test_integers_are_those_of_litert(name):
    path = model(name)
    golden = np.load(path.parent / "golden" / f"{GOLDEN[name]}.npz")
    found = output(path, [golden["inputs"]], LITERT)
    np.testing.assert_array_equal(found, golden["outputs_ref"].reshape(found.shape))


@pytest.mark.parametrize("name", [name for name in GOLDEN if "micro_speech" not in name])
def test_integers_are_those_of_litert_as_it_comes(name):
    path = model(name)
    golden = np.load(path.parent / "golden" / f"{GOLDEN[name]}.npz")
    found = output(path, [golden["inputs"]], XNNPACK)
    np.testing.assert_array_equal(found, golden["outputs_xnnpack"].reshape(found.shape))


@pytest.mark.parametrize(
    ("name", "data", "right"),
    [
        ("kws/kws_ref_model.tflite", "kws/data/kws_features_int8_600.npz", 537),
        ("ic/pretrainedResnet_quant.tflite", "ic/data/cifar10_lossless_149.npz", 125),
        ("ic/pretrainedResnet_quant.tflite", "ic/data/cifar10_jpeg_1000.npz", 752),
    ],
)
def test_accuracy_is_that_of_litert_as_it_comes(name, data, right):
    studio = Studio.open(model(name))
    studio.set_arithmetic("xnnpack")
    found = studio.evaluate(MODELS / data)
    assert round(found.integer_accuracy * found.samples) == right


@pytest.mark.parametrize("name", SEANET)
def test_16_bit_activations(name):
    path = model(f"seanet_int16/{name}.tflite")

    def numbers(part: str) -> np.ndarray:
        file = path.with_name(f"{path.stem}_{part}_int16.csv")
        return np.loadtxt(file, delimiter=",", dtype=np.int16)

    count = 2 if name.startswith("add") else 1
    found = output(path, [numbers(f"input{index}") for index in range(count)])
    np.testing.assert_array_equal(found.ravel(), numbers("golden"))


@pytest.mark.parametrize("name", FLOAT)
def test_models_with_float_activations(name):
    graph = prepare(read_model(model(name)))
    if graph.found is not None:
        assert not graph.found.activations
    assert graph.outputs[0].shape
