"""The pareto pane: what was tried in this session, and the way back to it."""

from PySide6.QtCore import QPointF, Qt

from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.theme import DARK, LIGHT

PATIENCE_MS = 30_000


def open_pareto(person):
    person.open_example()
    for key in ("4", "2"):
        person.go_to(5, 6)
        person.type(key)
    person.window.show_pane("pareto")
    person.wait()
    return person.window.board["pareto"].view


def test_every_configuration_is_a_point_and_undo_brings_none(person):
    view = open_pareto(person)
    assert len(view.plot._state.points) == 3
    assert view.note_text() == "3 configurations tried; click one to go back to it"
    person.trigger("edit.undo")
    assert len(view.plot._state.points) == 3
    assert [held.is_current for held in view.plot._state.points] == [False, True, False]


def test_a_click_adopts_a_point_as_one_step(person, window, qtbot):
    view = open_pareto(person)
    end, plot = person.bits(), view.plot
    first = plot._state.points[0]
    place = plot.box.mapViewToScene(QPointF(first.cost, first.merit))
    qtbot.mouseClick(
        plot.widget.viewport(), Qt.MouseButton.LeftButton, pos=plot.widget.mapFromScene(place)
    )
    person.wait()
    assert person.bits()[5] == (8, 8)
    assert window.workspace.studio.undo_name.startswith("adopt ")
    assert [held.is_current for held in plot._state.points] == [True, False, False]
    person.trigger("edit.undo")
    assert person.bits() == end


def test_the_keyboard_goes_from_point_to_point_and_adopts(person, window, qtbot):
    view = open_pareto(person)
    view.plot.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Right):
        qtbot.keyClick(view.plot, key)
    assert "Enter adopts" in view.note_text()
    qtbot.keyClick(view.plot, Qt.Key.Key_Return)
    person.wait()
    assert person.bits()[5] == (8, 8)


def test_an_evaluation_that_ends_as_an_edit_lands_stays_with_its_configuration(person, window):
    person.open_example()
    workspace, tried = window.workspace, window.desk.measuring.tried
    evaluated = workspace.studio.document
    workspace.runs.evaluate()
    workspace.edits.set_bits((workspace.selected,), "w2")
    # both have ended before the window hears of the first
    assert workspace.runner._pools[Lane.FRONT].waitForDone(PATIENCE_MS)
    assert workspace.studio.document != evaluated
    person.wait()
    assert tried.find(evaluated).full.accuracy > 0.9
    assert tried.find(workspace.studio.document).full is None
    assert "Integer accuracy (old)" in window.board["summary"].view.facts()


def test_axes_are_chosen(person):
    view = open_pareto(person)
    view.cost_box.setCurrentText("Latency")
    view.cost_box.activated.emit(view.cost_box.currentIndex())
    assert view.note_text() == "0 configurations tried; 3 without latency"
    view.cost_box.activated.emit(view.cost_box.findText("Arena in RAM"))
    view.merit_box.activated.emit(view.merit_box.findText("SQNR"))
    assert len(view.plot._state.points) == 3
    assert view.merit_box.currentText() == "SQNR"
    for colours in (DARK, LIGHT):
        view.set_colours(colours)
        assert not view.grab().isNull()


def test_without_a_program_the_pane_says_what_to_do(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    window.show_pane("pareto")
    person.wait()
    assert "Ctrl+D" in window.board["pareto"].view.hint_text()
