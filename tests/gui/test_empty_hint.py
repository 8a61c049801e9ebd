"""What an empty page offers."""

import threading

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.dialogs.data_dialog import DataDialog
from tinyml_studio.gui.states.advice import MEASURING
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.panel import Panel

PATIENCE = 20.0


def test_a_page_that_asks_for_data_has_the_button(qtbot, theme):
    panel = Panel()
    qtbot.addWidget(panel)
    hint = EmptyHint(panel.data_asked)
    hint.setParent(panel)
    hint.set_text("Bring samples", asks_data=True)
    assert hint.data_button.isVisibleTo(panel)
    with qtbot.waitSignal(panel.data_asked):
        hint.data_button.click()
    hint.set_text("Not enough memory, see (Ctrl+D)")
    assert not hint.data_button.isVisibleTo(panel)


def test_every_empty_pane_opens_the_dialog_for_data(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    for name in ("error", "budget", "advice", "memory", "simulator", "pareto", "code", "verify"):
        window.show_pane(name)
        person.wait()
        (hint,) = window.board[name].panel.findChildren(EmptyHint)
        hint.data_button.click()
        assert isinstance(person.dialogs[-1], DataDialog)
        person.dialogs.pop().close()


def test_no_pane_asks_for_data_that_are_there_while_they_are_measured(person, window, monkeypatch):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    for name in ("simulator", "error", "advice"):
        window.show_pane(name)
        person.wait()
    go, measured = threading.Event(), Studio.errors

    def errors(*given, **named):
        go.wait(PATIENCE)
        return measured(*given, **named)

    monkeypatch.setattr(Studio, "errors", errors)
    window.commands.take_files([find_example("digits").calibration])
    hints = {
        name: window.board[name].panel.findChildren(EmptyHint)[0].data_button
        for name in ("error", "advice")
    }
    try:
        person.qtbot.waitUntil(lambda: window.workspace.is_pending)
        person.qtbot.waitUntil(lambda: not any(held.isVisible() for held in hints.values()))
        status = window.board["advice"].view.status
        person.qtbot.waitUntil(lambda: status.text() == MEASURING)
    finally:
        go.set()
    person.wait()


def test_a_layer_without_weights_asks_for_data_with_the_button(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    plain = next(row for row in window.workspace.studio.layers if row.weight_bits is None)
    window.desk.select(plain.name)
    person.wait()
    (hint,) = window.board["distributions"].panel.findChildren(EmptyHint)
    person.qtbot.waitUntil(hint.data_button.isVisible)
    hint.data_button.click()
    assert isinstance(person.dialogs[-1], DataDialog)
    person.dialogs.pop().close()
