"""The budget pane: chip, limits, baseline, and an estimate in the background."""

import time

import pytest

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.app.targets import find_target
from tinyml_studio.cost.estimate import Counted, estimate
from tinyml_studio.document.budget import Budget
from tinyml_studio.errors import ToolError
from tinyml_studio.gui.panes import budget as budget_pane
from tinyml_studio.gui.states.budget import Quantity


def open_budget(person):
    person.open_example()
    person.window.show_pane("budget")
    person.wait()
    return person.window.board["budget"].view


def type_limit(person, view, quantity, text):
    line = view.rows[quantity].limit
    line.setFocus()
    line.selectAll()
    person.qtbot.keyClicks(line, text)
    line.editingFinished.emit()
    person.wait()


@pytest.fixture
def counted(monkeypatch):
    """An estimate without compilers."""
    asked = []

    def answer(studio, *, target, state, progress):
        asked.append(target)
        held = Counted(12_000, 3000, 7000, 3000, 100, 200, 1_000_000)
        return estimate(find_target(target), held, ())

    monkeypatch.setattr(Studio, "estimate", answer)
    return asked


def test_without_a_prediction_memory_is_a_lower_bound(person, monkeypatch):
    monkeypatch.setattr("tinyml_studio.app.measure.predicted", lambda *_: None)
    assert open_budget(person).rows[Quantity.RAM].value.text().startswith("≥")


def test_a_prediction_follows_every_edit(person, window):
    view = open_budget(person)
    value = view.rows[Quantity.RAM].value.text()
    assert not value.startswith("≥")
    assert "Predicted from counted networks" in view.status.text()
    window.workspace.edits.set_all("w8a16", "", "")
    person.wait()
    assert view.rows[Quantity.RAM].value.text() != value
    assert view.rows[Quantity.RAM].note.text().startswith("+")
    person.trigger("edit.undo")
    assert view.rows[Quantity.RAM].value.text() == value


def test_a_limit_is_one_step_and_undo_restores_it(person, window):
    view = open_budget(person)
    type_limit(person, view, Quantity.FLASH, "1 kB")
    assert window.workspace.studio.document.budget == Budget(flash_bytes=1000)
    assert view.rows[Quantity.FLASH].note.text().endswith(" over")
    person.trigger("edit.undo")
    assert not window.workspace.studio.document.budget
    assert view.rows[Quantity.FLASH].limit.text() == ""


def test_a_wrong_limit_is_refused_beside_the_table(person, window):
    view = open_budget(person)
    type_limit(person, view, Quantity.LATENCY, "soon")
    assert "200 ms" in window.notice.label.text()
    assert window.workspace.studio.history.position == 0
    assert view.rows[Quantity.LATENCY].limit.text() == ""


def test_the_chip_is_chosen_and_estimated(person, window, counted):
    view = open_budget(person)
    view.target_chosen.emit("stm32f411re")
    person.wait()
    assert window.workspace.studio.document.target == "stm32f411re"
    view.estimate_button.click()
    person.wait()
    assert counted == ["stm32f411re"]
    assert view.rows[Quantity.LATENCY].value.text() == "13 ms"
    assert not view.estimate_button.isEnabled()
    person.go_to(1, 6)
    person.type("4")
    assert view.estimate_button.isEnabled()
    person.trigger("edit.undo")
    assert not view.estimate_button.isEnabled()


def test_it_estimates_by_itself_after_a_pause(person, window, counted):
    view = open_budget(person)
    view.automatic.click()
    person.qtbot.waitUntil(lambda: len(counted) == 1, timeout=5000)
    person.wait()
    assert window.desk.settings.estimates_itself
    assert view.rows[Quantity.FLASH].value.text() == "12.0 kB"


@pytest.mark.parametrize("given_up", [False, True])
def test_an_estimate_goes_on_after_a_run_that_changed_nothing(
    person, window, monkeypatch, given_up
):
    asked = []

    def wait(studio, *, target, state, progress):
        asked.append(target)
        while len(asked) == 1:
            progress(0, 0, "compiling")
            time.sleep(0.01)
        return estimate(find_target(target), Counted(1, 1, 1, 1, 1, 1, 1), ())

    monkeypatch.setattr(Studio, "estimate", wait)
    view = open_budget(person)
    view.estimate_button.click()
    person.qtbot.waitUntil(lambda: bool(asked))
    if given_up:
        window.desk.measuring.stop()
    window.workspace.runs.evaluate()
    person.wait()
    assert window.desk.measuring.pause.isActive() is not given_up
    if not given_up:
        person.qtbot.waitUntil(lambda: len(asked) == 2, timeout=5000)
        person.wait()
        assert not view.estimate_button.isEnabled()


def test_a_tool_that_is_missing_is_named_in_the_pane(person, window, monkeypatch):
    def fail(*_, **__):
        raise ToolError("There is no C compiler", hint="install the package gcc")

    monkeypatch.setattr(Studio, "estimate", fail)
    view = open_budget(person)
    view.estimate_button.click()
    person.wait()
    assert "no C compiler" in view.status.text()
    assert person.dialogs == []


def test_the_baseline_is_pinned(person, window):
    view = open_budget(person)
    window.workspace.edits.set_all("w8a16", "", "")
    person.wait()
    assert view.rows[Quantity.RAM].note.text()
    view.pin_button.click()
    assert view.rows[Quantity.RAM].note.text() == ""
    assert "w8a16" in view.baseline.text()


def test_a_chip_of_ones_own_is_asked_for(person, window, monkeypatch):
    view = open_budget(person)
    monkeypatch.setattr(budget_pane, "ask_target", lambda *_: "/no/such.toml")
    view._take_target(view.target_box.count() - 1)
    person.wait()
    assert "such.toml" in window.notice.label.text()


def test_without_a_program_the_pane_says_what_to_do(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    assert "Ctrl+D" in window.board["budget"].view.hint_text()
