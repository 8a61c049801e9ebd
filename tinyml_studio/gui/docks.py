"""Docks with a quiet title, and their usual places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QTabWidget,
    QToolButton,
    QWidget,
)

from tinyml_studio.gui.pane import Place
from tinyml_studio.gui.theme import scaled_font
from tinyml_studio.gui.widgets.island import Island
from tinyml_studio.gui.widgets.labels import plain_label

LEFT_SHARE = 0.18
RIGHT_SHARE, RIGHT_LEAST = 0.32, 350
BESIDE_SHARE = 0.23
BOTTOM_SHARE, LOW_SHARE = 0.38, 0.32
LOW = 700
"""In a lower window the layers have more of the room, and the facts above them give way."""
WIDE = 1180
"""A narrower window has no room for two panes side by side at the bottom: they are tabs."""

DOCKED = (Place.LEFT, Place.RIGHT, Place.BOTTOM, Place.BESIDE)


@dataclass(frozen=True, slots=True)
class Berth:
    """A dock, where it stands as long as nobody moves it, and whether it is open then."""

    dock: QDockWidget
    place: Place
    is_open: bool


def make_dock(window: QMainWindow, name: str, title: str, content: QWidget) -> QDockWidget:
    """A dock that can be moved, floated and closed; `name` keeps its place between runs."""
    dock = QDockWidget(title, window)
    dock.setObjectName(name)
    dock.setWidget(Island(content))
    dock.setTitleBarWidget(TitleBar(dock))
    return dock


class TitleBar(QWidget):
    """The dock's title and a button to close it; dragging it moves the dock.

    A dock among tabs has its title on its tab, and no bar besides.
    """

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self._is_tab = False
        label = plain_label(dock.windowTitle().upper(), name="panelTitle")
        label.setFont(scaled_font(self.font(), 0.82, bold=True))
        close = QToolButton()
        close.setText("×")
        close.setObjectName("dockClose")
        close.setToolTip("Hide this pane; View brings it back")
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(dock.close)
        layout = self._row = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 2, 3)
        layout.addWidget(label, 1)
        layout.addWidget(close)
        self._parts = (label, close)

    def set_tab(self, *, is_tab: bool) -> None:
        """Whether the dock has a tab that says its title."""
        if is_tab != self._is_tab:
            self._is_tab = is_tab
            for part in self._parts:
                part.setVisible(not is_tab)
            self._row.setContentsMargins(*((0, 0, 0, 0) if is_tab else (4, 2, 2, 3)))
            self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Nothing for a tab."""
        return QSize(0, 0) if self._is_tab else super().sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Nothing for a tab."""
        return QSize(0, 0) if self._is_tab else super().minimumSizeHint()


class TitleKeeper(QObject):
    """Keeps the bars of all docks true while docks move, float, close and join; tabs are above."""

    def __init__(self, window: QMainWindow, docks: Mapping[str, QDockWidget]) -> None:
        super().__init__(window)
        self._window, self._docks = window, docks
        # a layout that is restored does not say where tabs stand
        every = Qt.DockWidgetArea.AllDockWidgetAreas
        window.setTabPosition(every, QTabWidget.TabPosition.North)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._look)
        for dock in docks.values():
            dock.visibilityChanged.connect(self._timer.start)
            dock.topLevelChanged.connect(self._timer.start)
            dock.dockLocationChanged.connect(self._timer.start)

    def _look(self) -> None:
        for dock in self._docks.values():
            bar = dock.titleBarWidget()
            beside = self._window.tabifiedDockWidgets(dock)
            is_tab = not dock.isFloating() and any(not other.isHidden() for other in beside)
            if isinstance(bar, TitleBar):
                bar.set_tab(is_tab=is_tab)


def usual_layout(window: QMainWindow, berths: Sequence[Berth]) -> Iterator[None]:
    """Every dock in its place; those of one place are tabs, the first in front.

    A step for each dock, as to show one takes a while.
    """
    areas = Qt.DockWidgetArea
    window.setCorner(Qt.Corner.BottomRightCorner, areas.RightDockWidgetArea)
    window.setCorner(Qt.Corner.BottomLeftCorner, areas.BottomDockWidgetArea)
    below: list[tuple[Place, ...]] = [(Place.BOTTOM,), (Place.BESIDE,)]
    if window.width() < WIDE:
        below = [(Place.BOTTOM, Place.BESIDE)]
    for places, area in (
        ((Place.LEFT,), areas.LeftDockWidgetArea),
        ((Place.RIGHT,), areas.RightDockWidgetArea),
        *((places, areas.BottomDockWidgetArea) for places in below),
    ):
        yield from _stack(window, [x.dock for x in berths if x.place in places], area)
    for berth in berths:
        if not berth.is_open:
            berth.dock.hide()
    share(window, berths)


def _stack(
    window: QMainWindow, docks: Sequence[QDockWidget], area: Qt.DockWidgetArea
) -> Iterator[None]:
    """Docks as tabs of one place, the first in front."""
    for dock in docks:
        dock.setFloating(False)
        window.removeDockWidget(dock)
        window.addDockWidget(area, dock, Qt.Orientation.Horizontal)
        if dock is not docks[0]:
            window.tabifyDockWidget(docks[0], dock)
        dock.show()
        yield
    if docks:
        docks[0].raise_()


def share(window: QMainWindow, berths: Sequence[Berth]) -> None:
    """Give the docks their share of the window."""
    orientation = Qt.Orientation
    width, height = window.width(), window.height()
    right = max(width * RIGHT_SHARE, RIGHT_LEAST)
    bottom = LOW_SHARE if height < LOW else BOTTOM_SHARE
    shares = (
        (Place.LEFT, width * LEFT_SHARE, orientation.Horizontal),
        (Place.RIGHT, right, orientation.Horizontal),
        (Place.BOTTOM, height * bottom, orientation.Vertical),
    )
    first = {berth.place: berth.dock for berth in reversed(berths)}
    for place, size, along in shares:
        if place in first:
            window.resizeDocks([first[place]], [round(size)], along)
    if width >= WIDE and {Place.BOTTOM, Place.BESIDE} <= first.keys():
        beside = round(width * BESIDE_SHARE)
        both = [first[Place.BOTTOM], first[Place.BESIDE]]
        window.resizeDocks(both, [round(width - right) - beside, beside], orientation.Horizontal)
