"""One session: open, change, undo, save, run."""

import threading
from dataclasses import replace

import numpy as np
import pytest

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.jobs import Job
from tinyml_studio.app.studio import Studio
from tinyml_studio.document.project_file import save_project
from tinyml_studio.errors import (
    Cancelled,
    DataError,
    ExportError,
    ModelError,
    ProjectError,
    SchemeError,
)
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, RangeMethod

EXAMPLE = find_example("digits")


@pytest.fixture
def studio():
    return Studio.open_example("digits")


@pytest.fixture
def bare():
    return Studio.open(EXAMPLE.model)


def weighted(studio):
    return [row.name for row in studio.layers if row.weight_bits is not None]


def bits(studio):
    return {row.name: (row.weight_bits, row.activation_bits) for row in studio.layers}


def test_a_model_opens_clean_and_says_what_is_missing(bare):
    assert not bare.dirty
    assert not bare.can_undo
    assert bare.derived.program is None
    assert isinstance(bare.derived.refusal, DataError)
    assert bare.layers[0].kind == "Input"
    with pytest.raises(DataError, match="no calibration samples"):
        bare.evaluate()


def test_calibrating_is_one_step(bare):
    changes = bare.calibrate(EXAMPLE.calibration, samples=16)
    assert changes.data
    assert changes.program
    assert bare.undo_name == "calibrate with calibration.npz"
    assert bare.derived.samples.count == 16
    bare.undo()
    assert bare.derived.program is None


def test_undo_brings_the_same_program_back(studio):
    before = studio.derived.program
    name = weighted(studio)[0]
    changes = studio.set_bits(name, "w4a8")
    assert name in changes.layers
    assert studio.undo_name == f"{name} → w4a8"
    assert bits(studio)[name] == (4, 8)
    changes = studio.undo()
    assert name in changes.layers
    assert [
        a is b
        for a, b in zip(before.instructions, studio.derived.program.instructions, strict=True)
    ] == ([True] * len(before.instructions))
    assert studio.redo_name == f"{name} → w4a8"
    studio.redo()
    assert bits(studio)[name] == (4, 8)


def test_only_the_changed_layer_has_another_instruction(studio):
    before = studio.derived.program
    name = weighted(studio)[-1]
    studio.set_bits(name, "w4")
    changed = [
        old.layer
        for old, new in zip(before.instructions, studio.derived.program.instructions, strict=True)
        if old is not new
    ]
    assert changed == [name]


def test_a_refused_change_changes_nothing(studio):
    state = studio.state
    for change in (
        lambda: studio.set_bits("no_such_layer", "w4a8"),
        lambda: studio.set_bits("*", "w9a8"),
        lambda: studio.set_range("nothing", (0.0, 1.0)),
        lambda: studio.set_range(weighted(studio)[0], (1.0, 1.0)),
    ):
        with pytest.raises(SchemeError):
            change()
    assert studio.state is state


def test_an_edit_that_changes_nothing_is_no_step(studio):
    studio.set_default(bits="w8a8")
    assert not studio.can_undo
    assert not studio.dirty


def test_the_default_holds_for_layers_without_a_choice(studio):
    name = weighted(studio)[0]
    studio.set_bits(name, "w2a8")
    studio.set_default(bits="w4a8", granularity=Granularity.TENSOR)
    chosen = bits(studio)
    assert chosen[name][0] == 2
    assert {chosen[other][0] for other in weighted(studio)[1:]} == {4}


def test_several_layers_are_one_step(studio):
    names = weighted(studio)[:2]
    studio.set_layers(names, bits="w4", range_method=RangeMethod.MSE)
    assert studio.undo_name == "2 layers → w4 mse"
    studio.undo()
    assert not studio.can_undo


def test_a_manual_range_moves_the_grid(studio):
    row = studio.layers[1]
    studio.set_range(row.name, (-8.0, 8.0))
    assert studio.layers[1].manual_range == (-8.0, 8.0)
    tensor = studio.derived.program.tensors[row.output]
    assert tensor.scale == pytest.approx(16 / 255, rel=1e-3)
    studio.set_range(row.name, None)
    assert studio.layers[1].manual_range is None


def test_a_saved_project_comes_back(studio, tmp_path):
    studio.set_bits(weighted(studio)[0], "w4a16")
    studio.set_target("m4")
    assert studio.dirty
    studio.save(tmp_path / "p.tmls")
    assert not studio.dirty
    again = Studio.open(tmp_path / "p.tmls")
    assert again.document == studio.document
    assert again.name == "p"
    x = np.load(EXAMPLE.test)["x"][:3]
    assert np.array_equal(again.simulate(x)[0], studio.simulate(x)[0])


def test_a_project_needs_a_name_of_its_kind(studio, tmp_path):
    with pytest.raises(ProjectError, match="no file yet"):
        studio.save()
    with pytest.raises(ProjectError, match="not a name for a project"):
        studio.save(tmp_path / "p.json")


def copied(tmp_path):
    model, data = tmp_path / "model.onnx", tmp_path / "data.npz"
    model.write_bytes(EXAMPLE.model.read_bytes())
    data.write_bytes(EXAMPLE.calibration.read_bytes())
    studio = Studio.open(model)
    studio.calibrate(data)
    studio.save(tmp_path / "p.tmls")
    return studio


def test_a_model_that_moved_is_located(tmp_path):
    copied(tmp_path)
    moved = (tmp_path / "model.onnx").rename(tmp_path / "elsewhere.onnx")
    with pytest.raises(ModelError, match=r"model\.onnx, is missing"):
        Studio.open(tmp_path / "p.tmls")
    located = Studio.open(tmp_path / "p.tmls", model=moved)
    assert located.dirty
    assert located.derived.program is not None


def test_another_model_is_accepted_only_when_told(tmp_path):
    copied(tmp_path)
    other = find_example("motion").model
    (tmp_path / "model.onnx").write_bytes(other.read_bytes())
    with pytest.raises(ModelError, match="not the model that the project was made for"):
        Studio.open(tmp_path / "p.tmls")
    taken = Studio.open(tmp_path / "p.tmls", accept_changed=True)
    assert taken.dirty
    assert isinstance(taken.derived.refusal, DataError)


def test_missing_data_leave_the_model_to_look_at(tmp_path):
    copied(tmp_path)
    (tmp_path / "data.npz").unlink()
    opened = Studio.open(tmp_path / "p.tmls")
    assert isinstance(opened.derived.refusal, DataError)
    assert "data.npz" in str(opened.derived.refusal)
    assert len(opened.layers) > 1


def test_a_model_deleted_while_open_does_not_matter(tmp_path):
    studio = copied(tmp_path)
    (tmp_path / "model.onnx").unlink()
    (tmp_path / "data.npz").unlink()
    studio.set_bits(weighted(studio)[0], "w4a8")
    studio.undo()
    studio.save()
    assert studio.simulate(np.load(EXAMPLE.test)["x"][:2])[0].shape[0] == 2


def test_a_cancelled_calibration_leaves_no_trace(bare):
    state, steps = bare.state, []

    def work(progress):
        def told(done, total, what):
            steps.append(what)
            if len(steps) == 2:
                job.cancel()
            progress(done, total, what)

        return bare.calibrate(EXAMPLE.calibration, progress=told)

    job = Job("calibrate", work)
    with pytest.raises(Cancelled):
        job.run()
    assert bare.state is state
    assert bare.calibrate(EXAMPLE.calibration)


def test_two_threads_lose_no_edit(studio):
    names = weighted(studio)

    def edit(name):
        studio.set_bits(name, "w4")

    threads = [threading.Thread(target=edit, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {bits(studio)[name][0] for name in names} == {4}
    assert len(studio.history.steps) == len(names) + 1


def test_integers_are_close_to_float(studio):
    x = np.load(EXAMPLE.test)["x"][:20]
    real, integer = studio.float_run(x)[0], studio.simulate(x)[0]
    assert real.shape == integer.shape
    assert (real.argmax(1) == integer.argmax(1)).mean() > 0.9
    assert studio.trace(x).values


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((2, 3), np.float32), "has shape"),
        (np.array("text"), "not hold numbers"),
        ([np.zeros(1), np.zeros(1)], "2 arrays were given"),
        ({}, "no array for the input"),
    ],
)
def test_inputs_that_do_not_fit(studio, x, message):
    with pytest.raises(DataError, match=message):
        studio.simulate(x)


def test_inputs_that_are_not_finite(studio):
    x = np.load(EXAMPLE.test)["x"][:1].astype(np.float32)
    x.flat[0] = np.inf
    with pytest.raises(DataError, match="not finite"):
        studio.float_run(x)


def test_evaluation_takes_the_examples_test_data(studio):
    result = studio.evaluate()
    assert result.samples == len(np.load(EXAMPLE.test)["x"])
    assert result.float_accuracy > 0.9
    assert {error.name for error in result.layers} <= {row.name for row in studio.layers}


def test_live_errors_follow_an_edit(studio):
    before = {error.name: error for error in studio.errors(32).layers}
    name = weighted(studio)[0]
    studio.set_bits(name, "w2")
    after = {error.name: error for error in studio.errors(32).layers}
    assert after[name].sqnr_isolated_db < before[name].sqnr_isolated_db - 6
    studio.undo()
    again = {error.name: error for error in studio.errors(32).layers}
    assert again[name].sqnr_isolated_db == before[name].sqnr_isolated_db


def test_values_of_a_layer(studio):
    name = weighted(studio)[0]
    held = studio.layer_values(name)
    assert held.weights.shape == held.weight_integers.shape
    assert np.abs(held.weight_integers).max() <= 127
    assert held.stats.max >= held.stats.min
    assert held.tensor.type.bits == 8
    port = studio.layer_values(studio.layers[0].name)
    assert port.weights is None
    assert port.stats is not None


def test_export_needs_a_target(studio, tmp_path):
    with pytest.raises(ExportError, match="needs a target"):
        studio.export(tmp_path / "a.h")
    studio.set_target("m4")
    text = studio.export(tmp_path / "a.h", name="net").read_text()
    assert text == studio.header(name="net")
    assert "cortex-m4" in text


def test_the_arithmetic_is_a_choice_that_is_undone(studio):
    layer = next(row.name for row in studio.layers if row.weight_bits is not None)
    before = studio.layer_values(layer).weight_params
    studio.set_arithmetic("pow2-half-even")
    assert studio.document.arithmetic == "pow2"
    assert studio.derived.program.arithmetic.name == "pow2"
    after = studio.layer_values(layer).weight_params
    assert (np.frexp(after.scale)[0] == 0.5).all()
    assert (after.scale >= before.scale).all()
    assert "pow2" in studio.undo_name
    studio.undo()
    assert studio.derived.program.arithmetic.name == "tflm"
    with pytest.raises(SchemeError, match="not available"):
        studio.set_arithmetic("float32")


def test_an_unknown_arithmetic_leaves_no_program(studio):
    with pytest.raises(SchemeError, match="not available"):
        studio.apply(lambda held: replace(held, arithmetic="float32"), "arithmetic")


def test_missing_data_are_looked_for_again_on_refresh_only(tmp_path):
    copied(tmp_path)
    hidden = (tmp_path / "data.npz").rename(tmp_path / "hidden.npz")
    studio = Studio.open(tmp_path / "p.tmls")
    hidden.rename(tmp_path / "data.npz")
    studio.set_default(bits="w4a8")
    assert studio.derived.program is None
    assert studio.refresh().program is not None


def test_changed_data_are_noticed(tmp_path):
    copied(tmp_path)
    np.savez(tmp_path / "data.npz", x=np.load(EXAMPLE.calibration)["x"][:50])
    opened = Studio.open(tmp_path / "p.tmls")
    assert "fingerprint differs" in str(opened.derived.refusal)
    taken = Studio.open(tmp_path / "p.tmls", accept_changed=True)
    assert taken.derived.samples.count == 50
    assert taken.dirty


def test_a_refused_scheme_can_be_mended_step_by_step(tmp_path):
    studio = copied(tmp_path)
    bad = studio.document.scheme.with_layer("gone", LayerScheme(4))
    bad = bad.with_layer("gone too", LayerScheme(4))
    save_project(replace(studio.document, scheme=bad), tmp_path / "p.tmls")
    opened = Studio.open(tmp_path / "p.tmls")
    assert isinstance(opened.derived.refusal, SchemeError)
    for name in ("gone", "gone too"):
        opened.apply(lambda held, name=name: without(held, name), f"drop {name}")
    assert opened.derived.program is not None


def without(document, name):
    default = document.scheme.default
    return replace(document, scheme=document.scheme.with_layer(name, default))


@pytest.mark.parametrize("samples", [0, -1])
def test_calibration_needs_a_sample(bare, samples):
    with pytest.raises(DataError, match="At least one sample"):
        bare.calibrate(EXAMPLE.calibration, samples=samples)
