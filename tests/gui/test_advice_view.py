"""The advice pane: findings at once, remedies tried in the background, applied as one step."""

import threading
import time

import pytest

from tinyml_studio.app import advice
from tinyml_studio.app.examples import find_example
from tinyml_studio.errors import StudioError, ToolError
from tinyml_studio.gui.pane import Event
from tinyml_studio.gui.qt_jobs import Lane


def look(person):
    """Wait until the pane has looked at the last change."""
    pane = person.window.board["advice"]
    person.wait()
    person.qtbot.waitUntil(lambda: not pane._soon.isActive(), timeout=5000)
    person.wait()


def open_advice(person):
    person.open_example()
    person.go_to(1, 6)
    person.type("2")
    person.window.show_pane("advice")
    look(person)
    return person.window.board["advice"].view


def test_a_click_on_a_finding_selects_its_layer(person, window):
    view = open_advice(person)
    assert view.list.topLevelItem(0).text(0).startswith("▾ stem.0")
    assert not view.apply_button.isEnabled()
    second = view.list.topLevelItem(1)
    view.list.itemClicked.emit(second, 0)
    person.wait()
    assert window.workspace.selected == view._state.lines[1].key


def test_a_remedy_is_tried_then_applied_as_one_step(person, window):
    view = open_advice(person)
    assert view.list.topLevelItem(0).childCount() == 0
    view.try_button.click()
    person.wait()
    assert "live samples" in view.status.text()
    assert not view.try_button.isEnabled()
    remedy = view.list.topLevelItem(0).child(0)
    assert remedy.text(1).startswith("+")
    assert remedy.text(0).endswith(" cycles")
    view.list.setCurrentItem(remedy)
    steps, before = window.workspace.studio.history.position, person.bits()
    view.apply_button.click()
    person.wait()
    assert window.workspace.studio.history.position == steps + 1
    person.trigger("edit.undo")
    assert person.bits() == before


@pytest.mark.parametrize("given_up", [False, True])
def test_a_try_goes_on_after_a_run_that_changed_nothing(person, window, monkeypatch, given_up):
    view, tried, real = open_advice(person), [], advice.Adviser.advise

    def wait(adviser, derived, *, progress):
        tried.append(derived)
        while len(tried) == 1:
            progress(0, 0, "trying")
            time.sleep(0.01)
        return real(adviser, derived, progress=progress)

    monkeypatch.setattr(advice.Adviser, "advise", wait)
    view.try_button.click()
    person.qtbot.waitUntil(lambda: bool(tried))
    if given_up:
        view.stop_asked.emit()
    window.workspace.runs.evaluate()
    person.wait()
    look(person)
    assert window.board["advice"]._pause.isActive() is not given_up
    if not given_up:
        person.qtbot.waitUntil(lambda: len(tried) == 2, timeout=5000)
        person.wait()
        assert "live samples" in view.status.text()


def test_an_edit_makes_what_was_tried_old(person):
    view = open_advice(person)
    view.try_button.click()
    person.wait()
    person.type("3")
    look(person)
    assert view.try_button.isEnabled()
    assert view.list.topLevelItem(0).childCount() == 0


def test_a_fault_is_told_in_the_pane(person, monkeypatch):
    def fail(*_, **__):
        raise StudioError("It went wrong")

    monkeypatch.setattr(advice.Adviser, "advise", fail)
    view = open_advice(person)
    view.try_button.click()
    person.wait()
    assert view.hint_text() == "It went wrong"
    assert person.dialogs == []


def test_a_fault_of_the_figures_is_told_instead_of_asking_for_data(person, window, monkeypatch):
    def fail(*_, **__):
        raise StudioError("no memory for the samples")

    monkeypatch.setattr("tinyml_studio.app.studio.Studio.errors", fail)
    person.open_example()
    window.show_pane("advice")
    look(person)
    assert window.board["advice"].view.hint_text() == "no memory for the samples"
    assert window.board["summary"].view.headline.text() == "✕ No figures: no memory for the samples"


def test_without_a_program_the_pane_says_what_to_do(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    window.show_pane("advice")
    look(person)
    assert "Ctrl+D" in window.board["advice"].view.hint_text()


@pytest.mark.parametrize("automatic", [False, True])
def test_remedies_are_tried_by_themselves_when_asked_for(person, window, monkeypatch, automatic):
    def fail(*_, **__):
        raise ToolError("no compiler is asked")

    monkeypatch.setattr("tinyml_studio.app.studio.Studio.estimate", fail)
    window.desk.measuring.set_automatic(automatic=automatic)
    window.board["advice"]._pause.setInterval(600_000)
    open_advice(person)
    assert window.board["advice"]._pause.isActive() == automatic
    for pause in window.desk.pauses:
        pause.stop()


def test_findings_of_the_state_before_do_not_come_late(person, window, monkeypatch):
    person.open_example()
    look(person)
    pane, runner = window.board["advice"], window.workspace.runner
    shown = []
    monkeypatch.setattr(pane, "_show_first", shown.append)
    late = threading.Event()
    runner.submit(Lane.FINDINGS, "Advice", lambda _: late.wait(20), pane._show_first, pane._miss)
    pane.hear(Event.CHANGED)
    late.set()
    person.qtbot.waitUntil(runner.is_idle, timeout=20_000)
    assert shown == []
