"""The models of others, through the reader, the passes and ONNX Runtime."""

from pathlib import Path

import numpy as np
import pytest

from tests.passes.sketch import kinds
from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.formats.reader import read_model
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.runtime.session import Session

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
pytestmark = pytest.mark.skipif(not MODELS.exists(), reason="the shared models are not here")


HEAD = {"Reshape": 1, "Dense": 1}


def outputs_of(graph, batch):
    inputs = [port.to_graph(values) for port, values in zip(graph.inputs, batch, strict=True)]
    made = Session(write_onnx(graph)).run(inputs)
    return [port.to_model(values) for port, values in zip(graph.outputs, made, strict=True)]


@pytest.mark.parametrize(
    ("file", "layers"),
    [
        ("ic/resnet8_float.onnx", {"Conv": 9, "Add": 3, "AveragePool": 1, **HEAD, "Softmax": 1}),
        ("kws/kws_ref_float.onnx", {"Conv": 9, "AveragePool": 1, **HEAD, "Softmax": 1}),
        ("mnist/mnist8_cntk.onnx", {"Conv": 2, "MaxPool": 2, **HEAD}),
        ("mnist/mnist_atmega.onnx", {"Conv": 2, **HEAD}),
    ],
)  # fmt: skip
def test_only_layers_that_compute_are_left(file, layers):
    graph = read_model(MODELS / file)
    prepared = prepare(graph)
    found = kinds(prepared)
    assert {kind: found.count(kind) for kind in found} == layers
    rng = np.random.default_rng(0)
    batch = [rng.uniform(0, 1, (3, *port.shape)).astype(np.float32) for port in graph.inputs]
    for want, got in zip(outputs_of(graph, batch), outputs_of(prepared, batch), strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-5 * np.abs(want).max())
