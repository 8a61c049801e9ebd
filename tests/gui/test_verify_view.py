"""The verify pane: a report of builds, and the way to the first layer that differs."""

import threading

import pytest

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.settings import USUAL_TARGET
from tinyml_studio.gui.states.verification import NOT_YET, RUNS
from tinyml_studio.verify.report import Run, VerifyReport

HOST = Run("host", "gcc", None, 9000, 3000, 400)


@pytest.fixture
def answers(monkeypatch):
    """Reports to give, and what was asked for."""
    made = {"report": VerifyReport(True, 16, 0, None, (HOST,)), "targets": []}

    def verify(studio, *, target=None, progress=None):
        made["targets"].append(target)
        return made["report"]

    monkeypatch.setattr(Studio, "verify", verify)
    return made


@pytest.mark.parametrize("pane", ["verify", "code", "simulator"])
def test_the_button_of_each_pane_brings_the_report(person, window, answers, pane):
    person.open_example()
    window.show_pane(pane)
    person.wait()
    window.board[pane].view.verify_button.click()
    person.wait()
    view = window.board["verify"].view
    assert answers["targets"] == [USUAL_TARGET]
    assert view.headline.text().startswith("✓ Every byte of 16 samples")
    assert view.runs.topLevelItem(0).text(0) == "this computer"
    assert not view.visibleRegion().isEmpty()


def test_the_first_layer_that_differs_is_selected(person, window, answers):
    person.open_example()
    layer = window.workspace.studio.layers[4].name
    answers["report"] = VerifyReport(False, 4, 9, layer, (HOST,))
    person.trigger("run.verify")
    view = window.board["verify"].view
    assert view.headline.text().startswith("▾ Header and simulator differ")
    view.layer_button.click()
    person.wait()
    assert window.workspace.selected == layer


def test_after_an_edit_the_report_is_old(person, window, answers):
    person.open_example()
    person.trigger("run.verify")
    person.go_to(1, 6)
    person.type("4")
    assert "before the last change" in window.board["verify"].view.headline.text()
    person.trigger("run.verify")
    assert "before" not in window.board["verify"].view.headline.text()


def test_without_a_program_the_pane_says_what_to_do(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    window.show_pane("verify")
    person.wait()
    view = window.board["verify"].view
    assert "Ctrl+D" in view.hint_text()
    assert not view.verify_button.isEnabled()


def test_while_it_verifies_the_pane_says_so_and_offers_no_second_run(person, window, monkeypatch):
    go = threading.Event()

    def verify(studio, *, target=None, progress=None):
        go.wait(20)
        return VerifyReport(True, 16, 0, None, (HOST,))

    monkeypatch.setattr(Studio, "verify", verify)
    person.open_example()
    window.show_pane("verify")
    person.wait()
    view = window.board["verify"].view
    assert view.hint_text() == NOT_YET
    view.verify_button.click()
    try:
        person.qtbot.waitUntil(lambda: view.hint_text() == RUNS)
        assert not view.verify_button.isEnabled()
    finally:
        go.set()
    person.wait()
    assert not view.hint_text()
    assert view.verify_button.isEnabled()
