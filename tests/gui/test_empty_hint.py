"""What an empty page offers."""

import pytest

from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.dialogs.data_dialog import DataDialog
from tinyml_studio.gui.states import advice, code, memory, pareto, sample
from tinyml_studio.gui.states.assembling import budget, errors
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.panel import Panel

ASKING = (
    advice.NO_PROGRAM,
    budget.NO_PROGRAM,
    code.NO_PROGRAM,
    errors.NO_DATA,
    errors.NO_SAMPLES,
    memory.NO_PROGRAM,
    pareto.NO_PROGRAM,
    sample.NO_SAMPLES,
)


@pytest.mark.parametrize("text", ASKING)
def test_a_page_that_asks_for_data_has_the_button(qtbot, theme, text):
    panel = Panel()
    qtbot.addWidget(panel)
    hint = EmptyHint(panel.data_asked)
    hint.setParent(panel)
    hint.set_text(text)
    assert hint.data_button.isVisibleTo(panel)
    with qtbot.waitSignal(panel.data_asked):
        hint.data_button.click()
    hint.set_text("Not enough memory")
    assert not hint.data_button.isVisibleTo(panel)


def test_every_empty_pane_opens_the_dialog_for_data(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    for name in ("error", "budget", "advice", "memory", "simulator", "pareto", "code"):
        window.show_pane(name)
        person.wait()
        (hint,) = window.board[name].panel.findChildren(EmptyHint)
        hint.data_button.click()
        assert isinstance(person.dialogs[-1], DataDialog)
        person.dialogs.pop().close()
