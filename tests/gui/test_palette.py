"""The command palette."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tinyml_studio.gui.dialogs.palette import PaletteDialog, without_keys


def open_palette(person):
    person.trigger("view.palette")
    palette = person.dialogs[-1]
    assert isinstance(palette, PaletteDialog)
    return palette


def test_a_few_letters_and_enter_do_what_the_menu_does(person, window, qtbot):
    person.open_example()
    person.go_to(1, 6)
    person.type("4")
    palette = open_palette(person)
    qtbot.keyClicks(palette.edit, "undo")
    assert palette.titles()[0] == "Edit › Undo"
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert not palette.isVisible()
    qtbot.waitUntil(lambda: not window.workspace.studio.can_undo)


def test_only_what_is_possible_is_listed(person):
    palette = open_palette(person)
    assert "File › Open…" in palette.titles()
    assert "Edit › Undo" not in palette.titles()
    assert "File › Open Example › Digits" in palette.titles()
    assert "View › Theme › Dark" in palette.titles()
    palette.reject()


def test_a_pane_is_listed_once_beside_its_help(person, qtbot):
    palette = open_palette(person)
    qtbot.keyClicks(palette.edit, "error")
    assert palette.titles() == ["View › Go To › Error", "Help › Error"]
    palette.reject()


def test_rows_are_as_high_at_first_as_after_typing(person, qtbot):
    palette = open_palette(person)

    def height():
        return palette.list.visualItemRect(palette.list.topLevelItem(0)).height()

    first = height()
    qtbot.keyClicks(palette.edit, "file")
    assert height() == first
    palette.reject()


def test_what_is_chosen_is_marked(person, qtbot):
    palette = open_palette(person)
    qtbot.keyClicks(palette.edit, "theme")
    marked = [palette.list.topLevelItem(place).text(1) for place in range(3)]
    assert marked == ["", "", "✓"]  # the window of a test is dark
    palette.reject()


def test_arrows_move_and_nothing_found_does_nothing(person, qtbot):
    palette = open_palette(person)
    qtbot.keyClick(palette.edit, Qt.Key.Key_Down)
    assert palette.list.currentItem() is palette.list.topLevelItem(1)
    qtbot.keyClicks(palette.edit, "zzzz")
    assert palette.titles() == []
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.reject()


def press_on_the_window(window, qtbot, key, *, control=True):
    """A key as the desktop delivers it: to the window, which finds the shortcut or the focus."""
    held = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(window.windowHandle(), key, held)


@pytest.mark.parametrize("ending", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
def test_keys_go_where_they_went_before_when_the_palette_has_closed(person, window, qtbot, ending):
    person.open_example()
    table = window.board["layers"].view.table
    person.go_to(1, 6)
    person.type("4")
    window.activateWindow()
    table.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is table)
    palette = open_palette(person)
    qtbot.waitUntil(palette.edit.hasFocus)
    qtbot.keyClicks(palette.edit, "shortcuts" if ending == Qt.Key.Key_Escape else "go layers")
    qtbot.keyClick(palette.edit, ending)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is table)
    press_on_the_window(window, qtbot, Qt.Key.Key_Z)
    qtbot.waitUntil(lambda: not window.workspace.studio.can_undo)


def test_a_desktop_that_activates_nothing_is_told_to(person, window, qtbot, monkeypatch):
    person.open_example()
    table = window.board["layers"].view.table
    window.activateWindow()
    table.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is table)
    palette = open_palette(person)
    qtbot.waitUntil(palette.edit.hasFocus)
    activated, focused = [], []
    monkeypatch.setattr(QApplication, "activeWindow", lambda: None)
    monkeypatch.setattr(window, "activateWindow", lambda: activated.append(True))
    monkeypatch.setattr(table, "setFocus", lambda: focused.append(True))
    palette.reject()
    assert (activated, focused) == ([True], [True])


def test_marks_of_access_keys_are_not_shown():
    assert without_keys("&File && Folder") == "File & Folder"


def test_a_pane_comes_to_the_front_wherever_it_is(person, window, qtbot):
    person.open_example()
    for name in ("Memory", "Memory", "Graph"):
        palette = open_palette(person)
        qtbot.keyClicks(palette.edit, f"go {name.lower()}")
        assert palette.titles()[0] == f"View › Go To › {name}"
        qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
        panel = window.board[name.lower()].panel
        qtbot.waitUntil(lambda panel=panel: not panel.visibleRegion().isEmpty())
    palette = open_palette(person)
    qtbot.keyClicks(palette.edit, "memory")
    assert palette.titles()[0] == "View › Go To › Memory"
    palette.reject()


def test_the_digits_go_to_panes(person, window, qtbot):
    person.open_example()
    titles = list(window.pane_names)
    for place in (2, 1, 5):
        qtbot.keyClick(window, Qt.Key(Qt.Key.Key_0 + place), Qt.KeyboardModifier.ControlModifier)
        panel = window.board[titles[place - 1]].panel
        qtbot.waitUntil(lambda panel=panel: not panel.visibleRegion().isEmpty())
