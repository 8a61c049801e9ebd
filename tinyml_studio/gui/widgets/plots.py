"""The only door to pyqtgraph, which has no types: a plot that keeps the theme's colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QVBoxLayout, QWidget

from tinyml_studio.gui.states.chart import Table
from tinyml_studio.gui.states.errors import SLANT_DEGREES
from tinyml_studio.gui.theme import DARK, Colours, figure_font, scaled_font
from tinyml_studio.gui.widgets.chart_menu import ChartMenu

Ticks = Sequence[tuple[float, str]]
Graphics: TypeAlias = Any
"""An object of pyqtgraph, of which no type is known."""
MOST_SMOOTH = 300
"""Bars whose edges are drawn smoothly: more are narrower than a few pixels."""


class Plot(QWidget):
    """A plot without menus and buttons; subclasses add the items and paint them.

    Attributes
    ----------
    hovered
        Data coordinates under the pointer; the pointer leaving is told as NaN.
    pressed
        Data coordinates of a click.
    resized
        The drawing area has another size.
    """

    hovered = Signal(float, float)
    pressed = Signal(float, float)
    resized = Signal()

    def __init__(self, *, bottom_axis: Graphics = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.colours: Colours = DARK
        axes = {"bottom": bottom_axis} if bottom_axis is not None else None
        self.widget: Graphics = pg.PlotWidget(axisItems=axes, enableMenu=False)
        self.item: Graphics = self.widget.getPlotItem()
        self.box: Graphics = self.item.getViewBox()
        self.item.hideButtons()
        self.box.setMouseEnabled(x=False, y=False)
        self.box.setDefaultPadding(0.0)
        self.widget.setFrameShape(self.widget.Shape.NoFrame)
        self.widget.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.widget.setAntialiasing(True)
        for side in ("left", "bottom"):
            self.item.getAxis(side).enableAutoSIPrefix(enable=False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.widget)
        self.widget.scene().sigMouseMoved.connect(self._told_move)
        self.widget.scene().sigMouseClicked.connect(self._told_click)
        self.box.sigResized.connect(self._told_size)
        self.chart_menu = ChartMenu(self.widget, self.table, self)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.colours = colours
        self.widget.setBackground(colours.surface)
        font = figure_font(scaled_font(self.font(), 0.9))
        for side in ("left", "bottom"):
            axis = self.item.getAxis(side)
            axis.setPen(pg.mkPen(colours.line))
            axis.setTextPen(pg.mkPen(colours.muted))
            axis.setStyle(tickFont=font, tickLength=-4, tickTextOffset=4)
        self.paint_items()

    def paint_items(self) -> None:
        """Give the items the colours in force; subclasses override it."""

    def table(self) -> Table | None:
        """The figures of the plot; subclasses override it."""
        return None

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this part of the plane."""
        self.box.setRange(xRange=x, yRange=y, padding=0.0, disableAutoRange=True)

    def set_ticks(self, side: str, ticks: Ticks) -> None:
        """Write these labels on an axis."""
        self.item.getAxis(side).setTicks([[(place, text) for place, text in ticks]])

    def room(self) -> tuple[float, float]:
        """Width and height of the drawing area in pixels."""
        return float(self.box.width()), float(self.box.height())

    def dispose(self) -> None:
        """Take the plot apart while the application still lives."""
        self.widget.close()
        # pyqtgraph takes it out of its window there: nobody else would delete it
        self.widget.deleteLater()

    def _told_move(self, place: Graphics) -> None:
        if not self.box.sceneBoundingRect().contains(place):
            self.hovered.emit(float("nan"), float("nan"))
            return
        point = self.box.mapSceneToView(place)
        self.hovered.emit(point.x(), point.y())

    def _told_click(self, event: Graphics) -> None:
        place = event.scenePos()
        if event.button() == Qt.MouseButton.LeftButton and self.widget.rect().contains(
            place.toPoint()
        ):
            point = self.box.mapSceneToView(place)
            self.pressed.emit(point.x(), point.y())

    def _told_size(self, *_: Graphics) -> None:
        self.resized.emit()

    # Qt's interface

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing is pointed at any more; a fast pointer is not seen on its way out of the box."""
        self.hovered.emit(float("nan"), float("nan"))
        super().leaveEvent(event)


def steps(*, fill: bool) -> Graphics:
    """An item that draws shares between edges; `fill` closes it down to zero."""
    return pg.PlotDataItem(stepMode="center", fillLevel=0.0 if fill else None)


def curve() -> Graphics:
    """An item that joins points with a line."""
    return pg.PlotDataItem()


def segments() -> Graphics:
    """An item that joins points in pairs."""
    return pg.PlotDataItem(connect="pairs")


def bars() -> Graphics:
    """An item of upright bars."""
    return Bars(x=[], height=[], width=0.3)


def upright_line() -> Graphics:
    """A vertical line through the whole plot."""
    return pg.InfiniteLine(angle=90, movable=False)


def movable_line() -> Graphics:
    """A vertical line that can be dragged, with a handle that shows it."""
    line = pg.InfiniteLine(angle=90, movable=True)
    line.addMarker("<|>", position=0.5, size=11.0)
    return line


def points() -> Graphics:
    """An item of dots."""
    return pg.ScatterPlotItem(pxMode=True, size=4.0, pen=pg.mkPen(None))


def level_line() -> Graphics:
    """A horizontal line through the whole plot."""
    return pg.InfiniteLine(angle=0, movable=False)


def band() -> Graphics:
    """A vertical band that nobody moves."""
    region = pg.LinearRegionItem(movable=False)
    for line in region.lines:
        line.setPen(pg.mkPen(None))
    return region


def pen(colour: QColor | str | None, width: float = 1.0, *, dashed: bool = False) -> Graphics:
    """A pen for outlines."""
    style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
    return pg.mkPen(None) if colour is None else pg.mkPen(colour, width=width, style=style)


def brush(colour: QColor | str | None) -> Graphics:
    """A brush for areas."""
    return pg.mkBrush(colour)


class Bars(pg.BarGraphItem):  # type: ignore[misc]
    """Upright bars. A great many have no smooth edges, which takes four times as long to draw."""

    def paint(self, painter: Graphics, *options: Graphics) -> None:
        """Draw the bars."""
        if len(self.opts["x"]) > MOST_SMOOTH:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # noqa: FBT003 - Qt's
        super().paint(painter, *options)


class Drawing(pg.GraphicsObject):  # type: ignore[misc]
    """An item that paints itself, in data coordinates; subclasses paint."""


class NameAxis(pg.AxisItem):  # type: ignore[misc]
    """A bottom axis of names, flat or slanted, none of which touches another."""

    def __init__(self) -> None:
        super().__init__(orientation="bottom")
        self._labels: Ticks = ()
        self._slanted = False
        self._font = QFont()
        self._colour = QColor()

    def set_names(self, labels: Ticks, font: QFont, colour: str, *, slanted: bool) -> None:
        """Write these names at these places."""
        self._labels, self._slanted, self._font = labels, slanted, font
        self._colour = QColor(colour)
        self.setHeight(68 if slanted else 22)
        self.update()

    def paint(self, painter: Graphics, *_: Graphics) -> None:
        """Draw the names."""
        low, high = self.range
        area = self.mapRectFromParent(self.geometry())
        left, width = area.left(), area.width()
        painter.setFont(self._font)
        painter.setPen(self._colour)
        metrics = painter.fontMetrics()
        for place, text in self._labels:
            x = left + width * (place - low) / ((high - low) or 1.0)
            if self._slanted:
                painter.save()
                painter.translate(x + metrics.height() * 0.3, area.top() + 8)
                painter.rotate(-SLANT_DEGREES)
                painter.drawText(-metrics.horizontalAdvance(text), metrics.ascent() // 2 + 1, text)
                painter.restore()
            else:
                painter.drawText(
                    int(x - metrics.horizontalAdvance(text) / 2),
                    int(area.top() + 6 + metrics.ascent()),
                    text,
                )
