"""The window by keyboard alone."""

import pytest
from PySide6.QtCore import Qt

from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.states.layers import COLUMNS, Column

W, FLASH = (list(COLUMNS).index(column) for column in (Column.WEIGHT_BITS, Column.FLASH))


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Backtab])
def test_tab_leaves_the_table(person, window, qtbot, key):
    person.open_example()
    person.go_to(1, W)
    table = window.board["layers"].view.table
    table.setFocus()
    qtbot.waitUntil(table.hasFocus)
    place = table.currentIndex()
    qtbot.keyClick(table, key)
    qtbot.waitUntil(lambda: not table.hasFocus())
    assert table.currentIndex() == place


def test_a_change_is_done_again_by_either_habit(window):
    keys = window.binding.actions["edit.redo"].shortcuts()
    assert [held.toString() for held in keys] == ["Ctrl+Shift+Z", "Ctrl+Y"]


def test_without_integers_no_bytes_are_left_in_the_table(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    window.commands.take_files([find_example("digits").calibration])
    person.wait()
    assert any("B" in cell for cell in person.cells(FLASH))
    person.trigger("edit.undo")
    assert not any("B" in cell for cell in person.cells(FLASH))
