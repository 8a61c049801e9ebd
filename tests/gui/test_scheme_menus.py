"""Presets, the arithmetic, a reference, refused widths, and what the export leaves out."""

import numpy as np
import onnx
import pytest

from tests.formats.files import File
from tests.formats.tflite.networks import image_network
from tinyml_studio.app.exported import removal_text
from tinyml_studio.app.studio import Studio
from tinyml_studio.arith.profile import ARITHMETICS as PROFILES
from tinyml_studio.errors import SchemeError
from tinyml_studio.formats.onnx_writer import write_onnx
from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.states.choices import ARITHMETICS, PRESETS
from tinyml_studio.gui.states.layers import COLUMNS, Column

W, A = (list(COLUMNS).index(column) for column in (Column.WEIGHT_BITS, Column.ACTIVATION_BITS))


def choose(menu, text):
    next(action for action in menu.actions() if text in action.text()).trigger()


def test_every_arithmetic_has_its_sentence():
    assert set(ARITHMETICS) == set(PROFILES)
    assert all(tip for _, tip in ARITHMETICS.values())


def test_a_preset_of_the_menu_is_one_step(person, window):
    assert not window.scheme_menus.presets.isEnabled()
    person.open_example()
    assert len(window.scheme_menus.presets.actions()) == len(PRESETS)
    choose(window.scheme_menus.presets, "First and Last")
    person.wait()
    weights = [bits for bits, _ in person.bits() if bits is not None]
    assert (weights[0], weights[-1], set(weights[1:-1])) == (8, 8, {4})
    assert window.workspace.studio.undo_name == "preset: first and last w8a8, others w4a8"
    person.trigger("edit.undo")
    assert not window.workspace.studio.can_undo


def test_the_same_presets_stand_in_the_tables_menu(person, window):
    person.open_example()
    person.go_to(1, W)
    menu = window.board["layers"].view.selection_menu()
    everything = next(a.menu() for a in menu.actions() if a.text() == "Every Layer")
    choose(everything, "All w8a16")
    person.wait()
    assert {bits for _, bits in person.bits()} == {16}
    menu.deleteLater()


def test_the_arithmetic_is_chosen_marked_and_undone(person, window):
    person.open_example()
    menu = window.scheme_menus.arithmetics
    before = person.cells(list(COLUMNS).index(Column.CUMULATIVE))
    choose(menu, "(pow2)")
    person.wait()
    assert window.workspace.studio.document.arithmetic == "pow2"
    assert [action.data() for action in menu.actions() if action.isChecked()] == ["pow2"]
    assert window.source.text().endswith("pow2")
    assert person.cells(list(COLUMNS).index(Column.CUMULATIVE)) != before
    person.trigger("edit.undo")
    assert [action.data() for action in menu.actions() if action.isChecked()] == ["tflm"]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "q.tflite").write_bytes(image_network("int8").encode())
    graph = Studio.open(tmp_path / "q.tflite").derived.graph
    (tmp_path / "float.onnx").write_bytes(write_onnx(graph))
    low, high = graph.found.activations[graph.inputs[0].tensor].limits
    values = np.random.default_rng(1).uniform(low, high, (8, *graph.inputs[0].shape))
    np.save(tmp_path / "data.npy", values.astype(np.float32))
    return tmp_path


def test_a_model_is_held_against_another_and_back(person, window, folder, monkeypatch):
    window.commands.take_files([folder / "q.tflite", folder / "data.npy"])
    person.wait()
    assert not window.binding.actions["file.no_reference"].isEnabled()
    monkeypatch.setattr(files, "ask_reference", lambda *_: folder / "float.onnx")
    person.trigger("file.reference")
    shown = window.board["summary"].view.facts()
    total = len(window.workspace.studio.derived.graph.nodes)
    assert shown["Held against"] == f"float.onnx · {total} of {total} layers found"
    assert window.workspace.studio.undo_name == "reference float.onnx"
    person.trigger("file.no_reference")
    assert "Held against" not in window.board["summary"].view.facts()


def test_a_reference_that_does_not_fit_is_reported(person, window, folder, monkeypatch):
    person.open_example()
    monkeypatch.setattr(files, "ask_reference", lambda *_: folder / "float.onnx")
    person.trigger("file.reference")
    assert "reference" in person.dialogs[-1].text().lower()
    assert window.workspace.studio.document.reference is None
    person.dialogs[-1].close()


def test_a_refused_width_stands_in_its_cell_until_the_next_change(person, window, monkeypatch):
    person.open_example()
    studio = window.workspace.studio
    monkeypatch.setattr(
        studio, "set_layers", lambda *_, **__: (_ for _ in ()).throw(SchemeError("too coarse"))
    )
    person.go_to(1, W)
    person.type("2")
    assert person.cells(W)[1] == "✕ 8"
    model = window.board["layers"].view.table.model()
    tip = model.index(1, W).data(3)
    assert "w2 is not possible: too coarse" in str(tip)
    assert person.cells(W)[2] == "8"
    monkeypatch.undo()
    person.go_to(2, W)
    person.type("4")
    assert person.cells(W)[1:3] == ["8", "4"]


@pytest.fixture
def dead_channels(tmp_path):
    """A network whose first convolution has three channels that are always 0."""
    draw = np.random.default_rng(8)
    net = File(3, 8, 8)
    weights = draw.normal(size=(8, 3, 3, 3)).astype(np.float32)
    biases = draw.normal(size=8).astype(np.float32)
    weights[[1, 4, 5]], biases[[1, 4, 5]] = 0, -1
    x = net.add("Relu", net.add("Conv", net.x, weights, biases, pads=[1, 1, 1, 1]))
    last = draw.normal(size=(4, 8, 3, 3)).astype(np.float32)
    y = net.add("Conv", x, last, np.zeros(4, np.float32), pads=[1, 1, 1, 1])
    onnx.save(net.proto(y), tmp_path / "dead.onnx")
    np.save(tmp_path / "data.npy", draw.normal(size=(12, 3, 8, 8)).astype(np.float32))
    return [tmp_path / "dead.onnx", tmp_path / "data.npy"]


def test_what_the_export_leaves_out_is_said_beside_the_code_and_above_the_table(
    person, window, dead_channels
):
    window.commands.take_files(dead_channels)
    person.wait()
    window.show_pane("code")
    person.wait()
    removed = removal_text(window.workspace.studio.exported())
    assert removed.startswith("3 constant or unread channels")
    assert window.board["code"].view.removed_text() == removed
    assert window.board["summary"].view.facts()["Removed at export"] == "3 channels"


def test_where_nothing_is_left_out_nothing_is_said(person, window):
    person.open_example()
    window.show_pane("code")
    person.wait()
    assert not window.board["code"].view.removed_text()
    assert "Removed at export" not in window.board["summary"].view.facts()
