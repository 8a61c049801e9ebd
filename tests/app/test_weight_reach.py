"""How far the grid of a layer's weights reaches, set by hand: saved, undone, lowered, refused."""

import json

import numpy as np
import pytest

from tests.formats.tflite.networks import image_network
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import ProjectError, SchemeError
from tinyml_studio.quantize.scheme import Granularity


@pytest.fixture
def studio():
    return Studio.open_example("digits")


def first(studio):
    return next(row.name for row in studio.layers if row.weight_bits is not None)


@pytest.mark.parametrize("granularity", list(Granularity))
@pytest.mark.parametrize("reach", [0.5, 1.0, 1.25])
def test_the_grid_ends_at_that_factor_of_the_largest(studio, granularity, reach):
    layer = first(studio)
    studio.set_layers((layer,), granularity=granularity)
    studio.set_weight_reach(layer, reach)
    held = studio.layer_values(layer)
    rows = held.weights.reshape(len(held.weights) if granularity == "channel" else 1, -1)
    largest = np.abs(rows).max(axis=1)
    np.testing.assert_allclose(held.weight_params.scale * 127, largest * reach, rtol=1e-6)
    assert held.weight_reach == reach
    instruction = studio.derived.need_program().by_layer[layer][-1]
    clipped = np.count_nonzero(np.abs(instruction.weights.astype(int)) == 127)
    assert (clipped > len(largest)) == (reach < 1.0)


def test_it_is_one_step_that_can_be_undone(studio):
    layer, before = first(studio), studio.derived.program
    studio.set_weight_reach(layer, 0.25)
    assert studio.undo_name == f"{layer} weights → 25 % of the largest"
    assert studio.derived.program is not before
    studio.undo()
    assert not studio.document.scheme.weight_reach
    studio.redo()
    studio.set_weight_reach(layer, None)
    assert not studio.document.scheme.weight_reach


def test_a_project_keeps_it_and_one_without_it_has_no_trace(studio, tmp_path):
    layer = first(studio)
    studio.save(tmp_path / "p.tmls")
    assert "weight_reach" not in (tmp_path / "p.tmls").read_text()
    studio.set_weight_reach(layer, 0.75)
    studio.save()
    assert json.loads((tmp_path / "p.tmls").read_text())["scheme"]["weight_reach"] == {layer: 0.75}
    assert Studio.open(tmp_path / "p.tmls").document == studio.document
    damaged = (tmp_path / "p.tmls").read_text().replace("0.75", "-1")
    (tmp_path / "p.tmls").write_text(damaged)
    with pytest.raises(ProjectError, match="weight_reach"):
        Studio.open(tmp_path / "p.tmls")


@pytest.mark.parametrize("reach", [0.0, -1.0, 5.0, float("nan"), float("inf")])
def test_an_impossible_range_is_refused(studio, reach):
    with pytest.raises(SchemeError, match="cannot be set"):
        studio.set_weight_reach(first(studio), reach)
    assert not studio.can_undo


def test_layers_without_weights_and_unknown_ones_are_refused(studio):
    bare = next(
        row.name for row in studio.layers if row.weight_bits is None and row.kind != "Input"
    )
    with pytest.raises(SchemeError, match="no weights"):
        studio.set_weight_reach(bare, 0.5)
    with pytest.raises(SchemeError, match="No layer is called"):
        studio.set_weight_reach("nobody", 0.5)


def test_one_bit_has_no_range(studio):
    layer = first(studio)
    studio.set_bits(layer, "w1")
    before = studio.layer_values(layer).weight_params.scale
    studio.set_weight_reach(layer, 0.5)
    np.testing.assert_array_equal(studio.layer_values(layer).weight_params.scale, before)


def test_weights_that_a_file_states_are_quantized_anew(tmp_path):
    (tmp_path / "model.tflite").write_bytes(image_network("int8").encode())
    studio = Studio.open(tmp_path / "model.tflite")
    layer = first(studio)
    stated = studio.layer_values(layer)
    studio.set_weight_reach(layer, 0.5)
    anew = studio.layer_values(layer).weight_params.scale * 127
    rows = stated.weights.reshape(len(stated.weights), -1)
    np.testing.assert_allclose(anew, np.abs(rows).max(axis=1) / 2, rtol=1e-6)
