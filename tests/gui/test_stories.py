"""What people do with the window, from end to end."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QMessageBox

from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.dialogs.data_dialog import DataDialog
from tinyml_studio.gui.dialogs.export_dialog import ExportDialog
from tinyml_studio.gui.states.layers import COLUMNS, Column
from tinyml_studio.gui.theme import ThemeChoice
from tinyml_studio.gui.widgets.empty_hint import EmptyHint

W, A = (list(COLUMNS).index(column) for column in (Column.WEIGHT_BITS, Column.ACTIVATION_BITS))
CUMULATIVE = list(COLUMNS).index(Column.CUMULATIVE)


def drop(window, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    keys, buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    event = QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(event)
    assert event.isAccepted()
    window.dropEvent(event)


def test_from_the_first_start_to_an_exported_header(person, window, tmp_path):
    assert window.welcome.isVisible()
    person.open_example("digits")
    assert window.board["layers"].view.isVisible()
    person.trigger("file.export")
    dialog = person.dialogs[-1]
    assert isinstance(dialog, ExportDialog)
    dialog.path_edit.setText(str(tmp_path / "digits.h"))
    dialog.export_button.click()
    person.wait()
    assert "digits_invoke" in (tmp_path / "digits.h").read_text()
    assert "digits.h" in window.statusBar().currentMessage()


def test_three_layers_are_edited_two_taken_back_and_one_done_again(person):
    person.open_example("digits")
    start = person.bits()
    for row, key in ((1, "4"), (2, "3"), (3, "2")):
        person.go_to(row, W)
        person.type(key)
    assert [weights for weights, _ in person.bits()[1:4]] == [4, 3, 2]
    person.trigger("edit.undo")
    person.trigger("edit.undo")
    assert [weights for weights, _ in person.bits()[1:4]] == [4, start[2][0], start[3][0]]
    person.trigger("edit.redo")
    assert [weights for weights, _ in person.bits()[1:4]] == [4, 3, start[3][0]]
    assert person.cells(W)[1:4] == ["4", "3", "8"]


def test_rows_that_are_selected_change_together_as_one_step(person, window, qtbot):
    person.open_example()
    before = person.bits()
    window.board["layers"].view.table.selectAll()
    window.board["layers"].view.table.selectionModel().setCurrentIndex(
        window.board["layers"].view.table.model().index(1, W),
        window.board["layers"].view.table.selectionModel().SelectionFlag.NoUpdate,
    )
    person.type("4")
    assert {weights for weights, _ in person.bits()} == {None, 4}
    person.trigger("edit.undo")
    assert person.bits() == before
    assert not window.workspace.studio.can_undo


def test_an_edit_brings_new_figures(person, window):
    person.open_example()
    before = person.cells(CUMULATIVE)
    person.go_to(1, W)
    person.type("2")
    after = person.cells(CUMULATIVE)
    assert float(after[1].split()[-1].replace("−", "-")) < float(before[1])
    assert not window.workspace.is_pending


def test_a_model_is_dropped_with_its_data(person, window):
    example = find_example("motion")
    drop(window, example.model, example.calibration)
    person.wait()
    assert window.workspace.studio.derived.program is not None
    assert window.windowTitle().startswith("model")
    assert "calibration.npz" in window.source.text()


def test_a_model_without_data_says_what_to_do_next(person, window):
    drop(window, find_example("digits").model)
    person.wait()
    assert "calibration data" in window.board["error"].view.hint_text().lower()
    assert not window.binding.actions["file.export"].isEnabled()
    window.board["error"].view.findChild(EmptyHint).data_button.click()
    assert isinstance(person.dialogs[-1], DataDialog)


def test_data_without_a_model_says_what_to_do_first(person, window):
    drop(window, find_example("digits").calibration)
    assert "model first" in window.statusBar().currentMessage()


def test_a_damaged_file_is_reported_and_the_session_stays(person, window, tmp_path):
    person.open_example()
    studio = window.workspace.studio
    damaged = tmp_path / "<b>damaged.onnx"
    damaged.write_bytes(b"\x08\x07" + bytes(range(200)))
    drop(window, damaged)
    person.wait()
    box = person.dialogs[-1]
    assert isinstance(box, QMessageBox)
    assert "<b>damaged.onnx" in box.text()
    assert box.textFormat() == Qt.TextFormat.PlainText
    assert window.workspace.studio is studio
    box.close()


def test_a_cancelled_calibration_changes_nothing_and_can_start_again(person, window, qtbot):
    person.open_example()
    studio, document = window.workspace.studio, window.workspace.studio.document
    data = find_example("digits").test
    window.workspace.runs.calibrate(data, None, None)
    assert window.workspace.runner.is_busy()
    window.job_bar.cancelled.emit()
    person.wait()
    assert window.workspace.studio is studio
    assert studio.document == document
    window.workspace.runs.calibrate(data, None, None)
    person.wait()
    assert studio.document.calibration.path == data
    assert not person.dialogs


def test_calibration_data_is_chosen_in_a_dialog(person, window):
    person.open_example()
    person.trigger("file.data")
    dialog = person.dialogs[-1]
    assert isinstance(dialog, DataDialog)
    assert not dialog.calibrate_button.isEnabled()
    dialog.path_edit.setText(str(find_example("digits").test))
    dialog.accept()
    person.wait()
    assert "test.npz" in window.source.text()


def test_saving_clears_the_mark_and_opens_again(person, window, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "ask_project", lambda *_: tmp_path / "mine.tmls")
    person.open_example()
    person.go_to(1, W)
    person.type("4")
    assert window.isWindowModified()
    person.trigger("file.save")
    assert not window.isWindowModified()
    assert window.windowTitle().startswith("mine.tmls")
    window.commands.open_path(tmp_path / "mine.tmls")
    person.wait()
    assert person.bits()[1][0] == 4
    assert (tmp_path / "mine.tmls") in window.settings.recent


@pytest.mark.parametrize("answer", list(files.Answer))
def test_closing_with_changes_asks(person, window, tmp_path, monkeypatch, answer, qtbot):
    asked = []
    monkeypatch.setattr(files, "ask_save", lambda *_: asked.append(1) or answer)
    monkeypatch.setattr(files, "ask_project", lambda *_: tmp_path / "mine.tmls")
    person.open_example()
    person.go_to(1, W)
    person.type("4")
    window.close()
    if answer is files.Answer.SAVE:
        qtbot.waitUntil(lambda: not window.isVisible(), timeout=10_000)
    assert asked == [1]
    assert window.isVisible() == (answer is files.Answer.STAY)
    assert (tmp_path / "mine.tmls").exists() == (answer is files.Answer.SAVE)


def test_closing_during_a_run_ends_at_once(person, window, qtbot):
    person.open_example()
    window.workspace.runs.evaluate()
    window.workspace.runs.calibrate(find_example("digits").test, None, None)
    window.close()
    assert not window.isVisible()
    assert window.workspace.runner.is_idle()


def test_evaluation_shows_accuracy_until_the_next_change(person, window):
    person.open_example()
    person.trigger("run.evaluate")
    shown = window.board["summary"].view.facts()
    assert shown["Float accuracy"].endswith("%")
    assert "pt" in shown["Integer accuracy"]
    person.go_to(1, W)
    person.type("2")
    assert "Integer accuracy (old)" in window.board["summary"].view.facts()


def test_a_refused_export_is_reported_and_nothing_is_lost(person, window, tmp_path):
    person.open_example()
    window.workspace.runs.export(tmp_path / "no" / "x.h", target=None, name="x", self_test=0)
    person.wait()
    assert person.dialogs
    assert window.workspace.studio is not None


def test_a_fault_in_a_slot_is_shown_once_and_the_session_goes_on(person, window):
    person.open_example()
    window.faults.show_fault(ValueError("a <b>fault</b>"))
    box = person.dialogs[-1]
    assert "<b>fault</b>" in box.informativeText()
    assert "ValueError" in box.detailedText()


def test_the_layout_is_remembered_and_can_be_reset(person, window):
    person.open_example()
    window.docks["distributions"].close()
    assert not window.docks["distributions"].isVisible()
    person.trigger("view.reset_layout")
    assert window.docks["distributions"].isVisible()
    assert not window.docks["help"].isVisible()


def test_the_theme_can_be_switched(person, window):
    person.open_example()
    window.theme.choose(ThemeChoice.LIGHT)
    assert window.board["error"].view.plot.colours is window.theme.colours
    assert not window.theme.colours.is_dark


def test_a_second_example_replaces_the_first(person, window):
    person.open_example("digits")
    window.commands.open_example("motion")
    person.wait()
    assert window.workspace.studio.derived.graph.inputs[0].shape in ((3, 100), (100, 3))
    assert window.workspace.selected in {row.name for row in window.workspace.studio.layers}
