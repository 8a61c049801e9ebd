"""Where the panes stand as long as nobody moves them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget

from tinyml_studio.gui.main_window import MainWindow
from tinyml_studio.gui.starter import tear_down


@pytest.mark.parametrize(("width", "are_tabs"), [(1440, False), (1024, True)])
def test_advice_stands_beside_error_where_there_is_room(person, window, width, are_tabs):
    window.resize(width, 700)
    person.open_example()
    window.reset_layout()
    beside = window.tabifiedDockWidgets(window.docks["error"])
    assert (window.docks["advice"] in beside) == are_tabs
    assert window.docks["history"] in window.tabifiedDockWidgets(window.docks["budget"])
    for name in ("budget", "error", "distributions"):
        assert not window.docks[name].visibleRegion().isEmpty(), name


@pytest.mark.parametrize(("height", "rows"), [(640, 7), (900, 10)])
def test_the_layers_have_room_in_a_low_window_too(person, window, height, rows):
    window.resize(1024, height)
    person.open_example()
    window.reset_layout()
    person.wait()
    table = window.board["layers"].view.table
    shown = table.viewport().height() // table.rowHeight(0)
    assert shown >= rows
    facts = window.board["summary"].view.facts()
    assert bool(facts) == (height > 700)
    assert window.board["summary"].view.headline.isVisible()


def test_facts_come_back_when_the_window_grows(person, window):
    window.resize(1024, 640)
    person.open_example()
    view = window.board["summary"].view
    assert not view.facts()
    window.resize(1024, 800)
    person.qtbot.waitUntil(lambda: "Layers" in view.facts())


def test_tabs_stand_above_in_a_layout_of_the_session_before_too(person, window, settings, theme):
    person.open_example()
    settings.save_layout(window.saveGeometry(), window.saveState())
    again = MainWindow(theme, settings)
    again.show()
    again.commands.open_example("motion")
    person.qtbot.waitUntil(lambda: again.workspace.studio is not None, timeout=20_000)
    person.qtbot.waitUntil(again.workspace.runner.is_idle, timeout=20_000)
    for area in (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea):
        assert again.tabPosition(area) is QTabWidget.TabPosition.North
    again.close()
    tear_down(again)
