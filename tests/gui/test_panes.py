"""Panes that stand behind others: filled when they are seen, not before."""

import threading

import pytest
from PySide6.QtGui import QGuiApplication

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import Cancelled, StudioError
from tinyml_studio.gui.settings import USUAL_TARGET
from tinyml_studio.gui.widgets.plots_histogram import HistogramPlot
from tinyml_studio.progress import silent

W = 6


def show(person, name):
    person.window.show_pane(name)
    person.wait()


def test_a_hidden_header_is_not_written(person, window, monkeypatch):
    asked = []
    header = Studio.header
    monkeypatch.setattr(
        Studio, "header", lambda *args, **named: asked.append(1) or header(*args, **named)
    )
    person.open_example()
    person.go_to(1, W)
    person.type("4")
    assert asked == []
    show(person, "code")
    assert asked == [1]
    person.type("3")
    assert asked == [1, 1]
    show(person, "error")
    show(person, "code")
    assert asked == [1, 1]


def test_a_header_is_that_of_the_step_for_which_it_was_asked(person, window, monkeypatch):
    person.open_example()
    work = []
    monkeypatch.setattr(window.board["code"], "bring", lambda _, job, *rest: work.append(job))
    show(person, "code")
    studio = window.workspace.studio
    before = studio.header(target=USUAL_TARGET, name="digits")
    person.go_to(1, W)
    person.type("4")
    assert studio.header(target=USUAL_TARGET, name="digits") != before
    assert work[0](silent).text == before


def test_values_are_those_of_the_step_for_which_they_were_asked(person, window, monkeypatch):
    person.open_example()
    held, work = window.workspace, []
    person.go_to(1, W)
    monkeypatch.setattr(held.runner, "submit", lambda _lane, _title, job, *rest: work.append(job))
    held.select(held.selected)
    held.studio.set_bits(held.selected, "w4")
    assert held.studio.layer_values(held.selected).weight_params.type.bits == 4
    assert work[0](silent).weight_params.type.bits == 8


def test_the_first_paint_is_an_event_of_its_own(qtbot, window):
    painted = []
    window.workspace.opened.connect(lambda: painted.append(window.updatesEnabled()))
    window.commands.open_example("digits")
    qtbot.waitUntil(lambda: bool(painted))
    assert painted == [False]
    qtbot.waitUntil(window.updatesEnabled)


def test_only_what_an_edit_changes_is_drawn_again(person, window, monkeypatch):
    person.open_example()
    held, view = window.workspace, window.board["distributions"].view
    drawn, draw = [], HistogramPlot._draw
    monkeypatch.setattr(HistogramPlot, "_draw", lambda plot: drawn.append(plot) or draw(plot))
    other = [row.name for row in held.studio.layers if row.weight_bits is not None][-1]
    before = held.values
    held.edits.set_bits((other,), "w4")
    person.wait()
    assert held.values is before
    assert drawn == []
    held.edits.set_bits((held.selected,), "w4")
    person.wait()
    assert held.values.weight_params.type.bits == 4
    assert drawn == [view.weights.plot]
    view.activations.plot._preview(0.0, 0.1)
    view.activations.plot.show_state(view._state.activations, log=False)
    assert drawn == [view.weights.plot, view.activations.plot]


def test_the_header_is_shown_copied_and_exported(qtbot, person, window):
    person.open_example()
    show(person, "code")
    text = window.workspace.studio.header(target=USUAL_TARGET, name="digits")
    # a long text is written piece by piece
    shown = window.board["code"].view.text
    qtbot.waitUntil(lambda: shown.toPlainText() == text.rstrip("\0"))
    assert window.board["code"].view.about_text().startswith(f"for {USUAL_TARGET}")
    window.board["code"].view.copy_button.click()
    assert QGuiApplication.clipboard().text() == text
    place = window.board["code"].view.sections.topLevelItem(3)
    window.board["code"].view.sections.setCurrentItem(place)
    assert "layer 0" in window.board["code"].view.text.textCursor().block().text()
    window.board["code"].view.export_button.click()
    assert len(person.dialogs) == 1
    QGuiApplication.clipboard().clear()


def test_without_a_program_the_pane_says_why(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    show(person, "code")
    assert not window.board["code"].view.copy_button.isEnabled()


def test_a_click_in_the_history_goes_back_and_forth(person, window):
    person.open_example()
    start = person.bits()
    show(person, "history")
    for row, key in ((1, "4"), (2, "3")):
        person.go_to(row, W)
        person.type(key)
    end = person.bits()
    items = window.board["history"].view.list
    assert items.topLevelItem(0).text(0) == "open Digits"
    assert items.topLevelItem(2).text(1).endswith("dB")
    items.itemClicked.emit(items.topLevelItem(0), 0)
    person.wait()
    assert person.bits() == start
    assert items.topLevelItem(2).font(0).italic()
    items.itemClicked.emit(items.topLevelItem(2), 0)
    person.wait()
    assert person.bits() == end
    person.trigger("edit.undo")
    assert items.topLevelItem(1).font(0).bold()


def test_the_current_step_does_nothing_when_clicked(person, window, qtbot):
    person.open_example()
    show(person, "history")
    with qtbot.assertNotEmitted(window.board["history"].view.step_chosen):
        window.board["history"].view.list.itemClicked.emit(
            window.board["history"].view.list.topLevelItem(0), 0
        )


@pytest.mark.parametrize("name", ["code", "history", "distributions", "error", "help"])
def test_every_pane_comes_to_the_front(person, window, name):
    person.open_example()
    show(person, name)
    assert not window.docks[name].visibleRegion().isEmpty()


def test_hidden_plots_are_not_computed(person, window, monkeypatch):
    person.open_example()
    told = []
    window.board["distributions"].ready.connect(lambda _: told.append("distribution"))
    window.board["error"].ready.connect(lambda _: told.append("errors"))
    show(person, "help")
    show(person, "code")
    told.clear()
    person.go_to(1, W)
    person.type("4")
    assert told == []
    show(person, "distributions")
    show(person, "error")
    assert set(told) == {"distribution", "errors"}


def test_an_edit_redraws_each_plot_once(person, window):
    person.open_example()
    window.desk.patience.setInterval(60_000)  # a slow machine shows what is pending
    person.stay_busy()
    person.go_to(1, W)
    told = []
    window.board["distributions"].ready.connect(lambda _: told.append("distribution"))
    window.board["error"].ready.connect(lambda _: told.append("errors"))
    person.type("4")
    assert sorted(told) == ["distribution", "errors"]


@pytest.mark.parametrize("name", ["simulator", "code", "graph", "history"])
def test_a_pane_that_has_shown_nothing_yet_does_not_wait_for_figures(
    person, window, monkeypatch, name
):
    person.open_example()
    go = threading.Event()

    def wait(*_, **__):
        go.wait(20)
        raise Cancelled

    monkeypatch.setattr("tinyml_studio.app.studio.Studio.errors", wait)
    pane, told = window.board[name], []
    pane.ready.connect(told.append)
    window.workspace.edits.set_bits((window.workspace.selected,), "w4")
    person.qtbot.waitUntil(lambda: window.workspace.is_pending)
    window.show_pane(name)
    person.qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert window.workspace.is_pending
    go.set()
    window.workspace.runner.stop()


def test_values_that_cannot_be_had_are_missed_in_their_pane(person, window, monkeypatch):
    def fail(*_, **__):
        raise StudioError("no memory for the weights")

    monkeypatch.setattr("tinyml_studio.app.studio.Studio.layer_values", fail)
    person.open_example()
    view = window.board["distributions"].view
    assert "no memory for the weights" in view._hint.text()
    assert not person.dialogs
    monkeypatch.undo()
    person.go_to(2, 0)
    assert not view._hint.isVisible()
