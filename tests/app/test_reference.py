"""A float original beside a quantized model: errors, histograms and accuracy are against it."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.formats.tflite.networks import image_network
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.errors import ModelError
from tinyml_studio.formats.onnx_writer import write_onnx

MODELS = Path(__file__).resolve().parents[3] / "shared" / "models"


@pytest.fixture
def folder(tmp_path):
    """A quantized model, a float original with other weights, and samples."""
    (tmp_path / "q.tflite").write_bytes(image_network("int8").encode())
    graph = Studio.open(tmp_path / "q.tflite").derived.graph
    draw = np.random.default_rng(6)
    nodes = []
    for node in graph.nodes:
        op = node.op
        if hasattr(op, "weight"):
            spread = 0.5 * np.abs(op.weight).max()
            noise = draw.normal(0, spread, op.weight.shape).astype(np.float32)
            op = replace(op, weight=op.weight + noise)
        nodes.append(replace(node, op=op))
    (tmp_path / "float.onnx").write_bytes(write_onnx(replace(graph, nodes=tuple(nodes))))
    shape = graph.inputs[0].shape
    low, high = graph.found.activations[graph.inputs[0].tensor].limits
    values = draw.uniform(low, high, (24, *shape)).astype(np.float32)
    np.savez(tmp_path / "data.npz", x=values, y=draw.integers(0, 3, 24))
    return tmp_path


@pytest.fixture
def studio(folder):
    opened = Studio.open(folder / "q.tflite")
    opened.calibrate(folder / "data.npz")
    return opened


def cumulative(studio):
    return [error.sqnr_cumulative_db for error in studio.errors().layers]


def test_errors_and_histograms_are_against_the_reference(studio, folder):
    before, stats = cumulative(studio), studio.derived.stats
    program = studio.derived.program
    changes = studio.set_reference(folder / "float.onnx")
    assert changes.model
    assert studio.derived.graph.reference.unmatched == ()
    after = cumulative(studio)
    assert after[1] < before[1] - 3  # the weights' noise counts now
    layer = studio.derived.graph.nodes[0].outputs[0]
    assert studio.derived.stats[layer].max != stats[layer].max
    for old, new in zip(program.instructions, studio.derived.program.instructions, strict=True):
        for field in ("weights", "bias", "multiplier"):
            np.testing.assert_array_equal(getattr(old, field, 0), getattr(new, field, 0))
    studio.undo()
    assert cumulative(studio) == before
    studio.redo()
    assert cumulative(studio) == after
    studio.set_reference(None)
    assert cumulative(studio) == before


def test_float_outputs_are_those_of_the_reference(studio, folder):
    studio.set_reference(folder / "float.onnx")
    batch = studio.derived.samples.read(0, 8)
    wanted = FloatRunner(Studio.open(folder / "float.onnx").derived.graph).outputs(batch)
    found = FloatRunner(studio.derived.graph).outputs(batch)
    np.testing.assert_array_equal(found[0].reshape(wanted[0].shape), wanted[0])


def test_one_layer_is_quantized_anew_and_the_others_keep_their_integers(studio, folder):
    studio.set_reference(folder / "float.onnx")
    before = studio.derived.program
    layer = next(node.name for node in studio.derived.graph.nodes if hasattr(node.op, "weight"))
    studio.set_bits(layer, "w4")
    after = studio.derived.program
    assert after.by_layer[layer][0].weight_type.bits == 4
    for name, items in before.by_layer.items():
        if name != layer:
            assert after.by_layer[name] == items


def test_it_is_saved_and_found_again(studio, folder):
    studio.set_reference(folder / "float.onnx")
    figures = cumulative(studio)
    studio.save(folder / "p.tmls")
    assert cumulative(Studio.open(folder / "p.tmls")) == figures
    shutil.move(folder / "float.onnx", folder / "moved.onnx")
    with pytest.raises(ModelError, match=r"The reference of the project.*is missing"):
        Studio.open(folder / "p.tmls")
    moved = Studio.open(folder / "p.tmls", reference=folder / "moved.onnx")
    assert cumulative(moved) == figures
    assert moved.dirty
    assert Studio.open(folder / "p.tmls", reference="").document.reference is None
    (folder / "float.onnx").write_bytes((folder / "q.tflite").read_bytes())
    with pytest.raises(ModelError, match="is not the reference of the project"):
        Studio.open(folder / "p.tmls")


def test_what_cannot_be_a_reference_is_refused(studio, folder, example_model):
    before = studio.document
    with pytest.raises(ModelError, match="cannot be the reference"):
        studio.set_reference(example_model)
    with pytest.raises(ModelError, match="does not exist"):
        studio.set_reference(folder / "none.onnx")
    assert studio.document == before


@pytest.fixture
def example_model():
    return find_example("motion").model


def test_resnet8_with_its_float_original():
    if not MODELS.exists():
        pytest.skip("the models are not here")
    studio = Studio.open(MODELS / "ic/pretrainedResnet_quant.tflite")
    studio.calibrate(MODELS / "ic/data/cifar10_lossless_149.npz")
    studio.set_reference(MODELS / "ic/resnet8_float.onnx")
    found = studio.evaluate()
    assert found.float_accuracy == pytest.approx(0.852, abs=5e-4)
    assert found.integer_accuracy == pytest.approx(0.8456, abs=5e-4)
    assert all(15 < error.sqnr_cumulative_db < 45 for error in found.layers[1:])
    before = studio.derived.program.by_layer
    studio.set_bits("conv_2d_4", "w4")
    after = studio.derived.program.by_layer
    assert [name for name in before if before[name] != after[name]] == ["conv_2d_4"]
