"""The pages of the simulator: layers, the whole set, and comparisons."""

import numpy as np
import pytest
from PySide6.QtWidgets import QMessageBox

from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.theme import DARK, LIGHT
from tinyml_studio.gui.views.simulator_view import Page


def turn(person, page, example="digits"):
    person.open_example(example)
    person.window.show_pane("simulator")
    person.wait()
    view = person.window.board["simulator"].view
    view.show_page(page)
    person.wait()
    return view


def test_layers_are_stepped_through_in_step_with_the_table(person, window):
    view = turn(person, Page.LAYER)
    person.go_to(1, 0)
    first = view.layer.texts()[0]
    view.layer.later.click()
    person.wait()
    assert window.workspace.selected == window.workspace.studio.layers[2].name
    assert view.layer.texts()[0] != first
    for _ in range(20):
        view.layer.later.click()
    person.wait()
    assert window.workspace.selected == window.workspace.studio.layers[-1].name
    assert view.layer.table.topLevelItemCount() == 10
    person.go_to(1, 0)
    view.layer.integers.pointed.emit(0.05, 0.05)
    assert "channel 0" in view.layer.texts()[1]
    view.layer.integers.pointed.emit(float("nan"), 0.0)
    assert "saturated" in view.layer.texts()[1]


def test_an_edit_changes_the_integers_that_are_shown(person, window):
    view = turn(person, Page.LAYER)
    person.go_to(1, 0)
    assert "0 clipped" in view.layer.texts()[1]
    window.workspace.edits.set_range(window.workspace.selected, (0.0, 0.1))
    person.wait()
    assert "0 clipped" not in view.layer.texts()[1]
    assert "%" in view.layer.texts()[1]


@pytest.mark.parametrize("page", list(Page))
def test_every_page_is_drawn_in_both_themes(person, page):
    view = turn(person, page, "motion")
    for colours in (DARK, LIGHT):
        view.set_colours(colours)
        assert not view.grab().isNull()


def test_the_whole_set_fills_the_matrix_until_the_next_change(person, window):
    view = turn(person, Page.CONFUSION)
    assert "Run the whole set" in view.confusion.texts()[1]
    view.confusion.run_button.click()
    assert not view.confusion.run_button.isEnabled()
    person.wait()
    assert view.confusion.run_button.isEnabled()
    assert "accuracy: float" in view.confusion.texts()[0]
    view.confusion.matrix.pointed.emit(3, 3)
    assert view.confusion.texts()[2].startswith("label 3 taken for 3")
    assert "by the integers" in view.confusion.matrix._state.note
    view.confusion.float_button.click()
    assert "by float" in view.confusion.matrix._state.note
    person.go_to(1, 6)
    person.type("2")
    assert view.confusion.texts()[0].startswith("before the last change")


def test_a_cancelled_run_can_be_started_again(person, window):
    view = turn(person, Page.CONFUSION)
    view.confusion.run_button.click()
    window.job_bar.cancelled.emit()
    person.wait()
    assert not view.confusion.matrix.isVisible()
    assert view.confusion.run_button.isEnabled()
    view.confusion.run_button.click()
    person.wait()
    assert view.confusion.matrix.isVisible()
    assert not person.dialogs


def test_another_arithmetic_is_compared_and_its_cause_named(person, window):
    view = turn(person, Page.COMPARE)
    document = window.workspace.studio.document
    assert view.compare.chosen() == "tflm-single"
    view.compare.compare_button.click()
    person.wait()
    title, cause, hint = view.compare.texts()
    assert "differs first in" in title
    assert "rounding" in cause
    assert not hint
    assert window.workspace.studio.document is document
    place = next(n for n, line in enumerate(view.compare._state.lines) if line.differs)
    view.compare.lines.itemClicked.emit(view.compare.lines.topLevelItem(place), 0)
    assert window.workspace.selected == view.compare._state.first


def test_a_dump_of_a_device_is_compared(person, window, tmp_path, monkeypatch):
    view = turn(person, Page.COMPARE)
    studio = window.workspace.studio
    batch = studio.derived.need_samples().read(0, 2)[0]
    trace = studio.trace(batch)
    for number, row in enumerate(studio.layers):
        values = trace.values[row.output].copy()
        if number == 3:
            values.ravel()[0] += 1
        np.save(tmp_path / f"{row.output.replace('/', '_')}.npy", values)
    monkeypatch.setattr(files, "ask_dump_folder", lambda *_: tmp_path)
    view.compare.dump_button.click()
    person.wait()
    assert view.compare._state.first == studio.layers[3].name
    assert "differs first" in view.compare.texts()[0]


def test_an_empty_folder_is_refused_by_name(person, window, tmp_path, monkeypatch):
    view = turn(person, Page.COMPARE)
    monkeypatch.setattr(files, "ask_dump_folder", lambda *_: tmp_path)
    view.compare.dump_button.click()
    person.wait()
    assert isinstance(person.dialogs[-1], QMessageBox)
    assert "no tensors" in person.dialogs[-1].text() + person.dialogs[-1].informativeText()
    assert view.compare.dump_button.isEnabled()
    person.dialogs[-1].close()


def test_another_model_has_no_results_yet(person, window):
    view = turn(person, Page.CONFUSION)
    view.confusion.run_button.click()
    person.wait()
    window.commands.open_example("motion")
    person.wait()
    assert not view.confusion.matrix.isVisible()
