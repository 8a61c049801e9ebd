"""The command palette."""

from PySide6.QtCore import Qt

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


def test_arrows_move_and_nothing_found_does_nothing(person, qtbot):
    palette = open_palette(person)
    qtbot.keyClick(palette.edit, Qt.Key.Key_Down)
    assert palette.list.currentItem() is palette.list.topLevelItem(1)
    qtbot.keyClicks(palette.edit, "zzzz")
    assert palette.titles() == []
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.reject()


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
