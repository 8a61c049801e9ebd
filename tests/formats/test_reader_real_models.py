"""Models made by others: they read without an unknown operator and compute what they should."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.files import assert_same_outputs, opaque_reasons
from tinyml_studio.formats.reader import read_model

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"
FLOAT_MODELS = (
    "kws/kws_ref_float.onnx",
    "ic/resnet8_float.onnx",
    "mnist/mnist8_cntk.onnx",
    "mnist/mnist_atmega.onnx",
)


def _existing(name):
    path = MODELS / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    return path


@pytest.mark.parametrize("name", FLOAT_MODELS)
def test_a_float_model_computes_what_the_file_does(name):
    path = _existing(name)
    graph = read_model(path)
    assert opaque_reasons(graph) == []
    assert_same_outputs(graph, path.read_bytes(), batch=4, tolerance=1e-4)
