"""Every control and every column says in its tooltip what it is or does."""

import pytest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QSpinBox,
    QTableView,
    QTreeWidget,
    QWidget,
)

from tinyml_studio.gui.panes.table import PANES
from tinyml_studio.gui.states.errors import METRIC_TIPS, Metric
from tinyml_studio.gui.views.simulator_view import Page

CONTROLS = QAbstractButton | QComboBox | QLineEdit | QSpinBox
NAMES = [pane.name for pane in PANES]


def silent_controls(panel: QWidget) -> list[str]:
    """Controls on screen without a tooltip, by kind and text."""
    shown = [part for part in panel.findChildren(QWidget) if part.isVisible()]
    return [
        f"{type(part).__name__} {getattr(part, 'text', str)()!r}"
        for part in shown
        if isinstance(part, CONTROLS) and not part.toolTip() and not is_part_of_another(part)
    ]


def is_part_of_another(part: QWidget) -> bool:
    """The line of a spin box or a list, and the corner of a table."""
    return isinstance(part.parentWidget(), QComboBox | QSpinBox | QTableView)


def silent_columns(panel: QWidget) -> list[str]:
    """Headings of trees on screen without a tooltip."""
    return [
        tree.headerItem().text(place)
        for tree in panel.findChildren(QTreeWidget)
        if tree.isVisible() and not tree.isHeaderHidden()
        for place in range(tree.columnCount())
        if not tree.headerItem().toolTip(place)
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_control_and_column_explains_itself(person, window, name):
    person.open_example()
    if name in window.pane_names:
        window.show_pane(name)
    person.wait()
    panel = window.board[name].panel
    assert silent_controls(panel) == []
    assert silent_columns(panel) == []


@pytest.mark.parametrize("page", Page)
def test_so_do_the_pages_of_the_simulator(person, window, page):
    person.open_example()
    window.show_pane("simulator")
    person.wait()
    panel = window.board["simulator"].panel
    panel.pages.setCurrentIndex(list(Page).index(page))
    person.wait()
    assert silent_controls(panel) == []
    assert silent_columns(panel) == []


@pytest.mark.parametrize("action", ["file.data", "file.export", "edit.preferences"])
def test_the_fields_of_dialogs_say_it_beside_them_or_in_tooltips(person, action):
    person.open_example()
    person.trigger(action)
    boxes = [box for box in person.dialogs[-1].findChildren(QComboBox) if box.isVisible()]
    assert all(box.toolTip() for box in boxes)
    person.dialogs[-1].reject()


def test_a_list_explains_what_is_chosen_in_it(person, window):
    person.open_example()
    window.show_pane("error")
    box = window.board["error"].view.metric_box
    for place, metric in enumerate(Metric):
        box.setCurrentIndex(place)
        assert METRIC_TIPS[metric].split("'")[0] in box.toolTip()


def test_the_range_method_in_force_is_explained(person, window):
    person.open_example()
    box = window.board["distributions"].view.method_box
    assert "an outlier costs resolution" in box.toolTip()
