"""Docks with a quiet title, and their usual places."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QToolButton, QWidget

from tinyml_studio.gui.theme import scaled_font
from tinyml_studio.gui.widgets.labels import plain_label

RIGHT_SHARE = 0.37
BOTTOM_SHARE = 0.39


def make_dock(window: QMainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    """A dock that can be moved, floated and closed; `name` keeps its place between runs."""
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setWidget(content)
    dock.setTitleBarWidget(TitleBar(dock))
    return dock


class TitleBar(QWidget):
    """The dock's title and a button to close it; dragging it moves the dock."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        label = plain_label(dock.windowTitle().upper(), name="panelTitle")
        label.setFont(scaled_font(self.font(), 0.82, bold=True))
        close = QToolButton()
        close.setText("×")
        close.setObjectName("dockClose")
        close.setToolTip("Hide this pane; View brings it back")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(dock.close)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 2, 3)
        layout.addWidget(label, 1)
        layout.addWidget(close)


def usual_layout(
    window: QMainWindow, *, right: QDockWidget, bottom: QDockWidget, hidden: QDockWidget
) -> None:
    """Distributions right, error at the bottom, help behind the distributions."""
    areas = Qt.DockWidgetArea
    window.setCorner(Qt.Corner.BottomRightCorner, areas.RightDockWidgetArea)
    for dock, area in (
        (right, areas.RightDockWidgetArea),
        (bottom, areas.BottomDockWidgetArea),
        (hidden, areas.RightDockWidgetArea),
    ):
        dock.setFloating(False)
        window.removeDockWidget(dock)
        window.addDockWidget(area, dock)
    window.tabifyDockWidget(right, hidden)
    right.show()
    bottom.show()
    hidden.hide()
    share(window, right=right, bottom=bottom)


def share(window: QMainWindow, *, right: QDockWidget, bottom: QDockWidget) -> None:
    """Give the docks their share of the window."""
    orientation = Qt.Orientation
    width, height = round(window.width() * RIGHT_SHARE), round(window.height() * BOTTOM_SHARE)
    window.resizeDocks([right], [width], orientation.Horizontal)
    window.resizeDocks([bottom], [height], orientation.Vertical)
