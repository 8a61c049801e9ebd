"""The boxes and arrows of a network in a scene that zooms and pans."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFontMetricsF,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from tinyml_studio.gui.states.chart import Table, network_table
from tinyml_studio.gui.states.graph_layout import Point, Sizes
from tinyml_studio.gui.states.network import Box, NetworkState
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import DARK, Colours, figure_font, mixed, scaled_font
from tinyml_studio.gui.widgets.chart_menu import ChartMenu

SIZES = Sizes()
SMALLEST, LARGEST, READABLE = 0.02, 4.0, 0.85
MARGIN = 24.0


class BoxItem(QGraphicsItem):
    """One layer."""

    def __init__(self, place: Point) -> None:
        super().__init__()
        self.box = Box("", "", "", "", None)
        self.colours: Colours = DARK
        self.is_chosen = False
        self.setPos(QPointF(*place))

    def show_box(self, box: Box, colours: Colours) -> None:
        """Show other figures."""
        if box != self.box or colours is not self.colours:
            self.box, self.colours = box, colours
            self.setToolTip(plain_tip(box.tip))
            self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The box with its frame."""
        return QRectF(-SIZES.width / 2, -SIZES.height / 2, SIZES.width, SIZES.height).adjusted(
            -2, -2, 2, 2
        )

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem,
        widget: QWidget | None = None,
    ) -> None:
        """A box with a bar in the colour of its figure; letters only where they can be read."""
        del widget
        colours, rect = self.colours, self.boundingRect().adjusted(2, 2, -2, -2)
        detail = option.levelOfDetailFromTransform(painter.worldTransform())
        frame = colours.accent if self.is_chosen else colours.line
        painter.setPen(QPen(QColor(frame), 2.2 if self.is_chosen else 1.0))
        ground = colours.selection if self.is_chosen else colours.raised
        painter.setBrush(QBrush(QColor(ground) if detail > 0.3 else box_colour(self.box, colours)))
        painter.drawRoundedRect(rect, 5, 5)
        if detail > 0.3:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(box_colour(self.box, colours))
            painter.drawRoundedRect(
                QRectF(rect.left() + 4, rect.top() + 5, 5, rect.height() - 10), 2, 2
            )
            self._write(painter, rect.adjusted(16, 3, -8, -3))

    def _write(self, painter: QPainter, room: QRectF) -> None:
        colours, box = self.colours, self.box
        figure = ("▾ " if box.is_suspect else "") + box.figure
        font = figure_font(painter.font())
        painter.setFont(scaled_font(font, 0.95, bold=True))
        width = QFontMetricsF(painter.font()).horizontalAdvance(figure) + 6
        painter.setPen(QColor(colours.suspect_text if box.is_suspect else colours.muted))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop), figure)
        painter.setPen(QColor(colours.selection_text if self.is_chosen else colours.text))
        self._line(painter, room.adjusted(0, 0, -width, 0), box.name, Qt.AlignmentFlag.AlignTop)
        painter.setFont(scaled_font(font, 0.85))
        painter.setPen(QColor(colours.muted))
        self._line(painter, room, box.about, Qt.AlignmentFlag.AlignBottom)

    @staticmethod
    def _line(painter: QPainter, room: QRectF, text: str, side: Qt.AlignmentFlag) -> None:
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | side), shown)


class NetworkCanvas(QGraphicsView):
    """Draws a `NetworkState`; the wheel zooms, dragging pans, a click chooses.

    Attributes
    ----------
    layer_pressed
        The true name of the layer that was clicked.
    """

    layer_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._state = NetworkState()
        self._colours: Colours = DARK
        self._items: dict[str, BoxItem] = {}
        self._arrows: QGraphicsPathItem | None = None
        self._chosen = ""
        self._is_fitted = True
        self.setRenderHints(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setAccessibleName("Network diagram")
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.chart_menu = ChartMenu(self, self.table, self)

    def table(self) -> Table | None:
        """The figures of the diagram."""
        return network_table(self._state) if self._state.boxes else None

    def show_state(self, state: NetworkState) -> None:
        """Show other figures; boxes are made anew only for another drawing."""
        if state.drawing is not self._state.drawing:
            self._build(state)
        self._state = state
        for box in state.boxes:
            self._items[box.key].show_box(box, self._colours)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self.setBackgroundBrush(QColor(colours.surface))
        if self._arrows is not None:
            self._arrows.setPen(arrow_pen(colours))
        for item in self._items.values():
            item.show_box(item.box, colours)

    def choose(self, key: str) -> None:
        """Mark a layer and bring it into view."""
        for name in (self._chosen, key):
            item = self._items.get(name)
            if item is not None:
                item.is_chosen = name == key
                item.update()
        self._chosen = key
        if key in self._items and not self._is_fitted:
            self.ensureVisible(self._items[key], 40, 40)

    def fit(self) -> None:
        """Show the whole network."""
        self._is_fitted = True
        self._show_at(self._whole_scale())

    def frame(self) -> None:
        """Show the whole network if it is readable then, else the part around the chosen layer."""
        whole = self._whole_scale()
        self._is_fitted = whole >= READABLE
        self._show_at(max(whole, READABLE))

    def _whole_scale(self) -> float:
        drawing, room = self._state.drawing, self.viewport().rect()
        if drawing is None:
            return 1.0
        wide, high = drawing.width + 2 * MARGIN, drawing.height + 2 * MARGIN
        return min(max(min(room.width() / wide, room.height() / high), SMALLEST), 1.25)

    def _show_at(self, scale: float) -> None:
        self.resetTransform()
        self.scale(scale, scale)
        chosen = self._items.get(self._chosen)
        if self._is_fitted or chosen is None:
            self.centerOn(self._scene.sceneRect().center())
        else:
            self.centerOn(chosen)

    def zoom(self, factor: float) -> None:
        """Zoom in or out."""
        scale = self.transform().m11() * factor
        if SMALLEST <= scale <= LARGEST:
            self._is_fitted = False
            self.scale(factor, factor)

    def _build(self, state: NetworkState) -> None:
        self._scene.clear()
        self._items, self._arrows, self._state = {}, None, state
        drawing = state.drawing
        if drawing is None:
            return
        self._arrows = QGraphicsPathItem(arrows_path(drawing.arrows))
        self._arrows.setPen(arrow_pen(self._colours))
        self._scene.addItem(self._arrows)
        for box, place in zip(state.boxes, drawing.places, strict=True):
            item = self._items[box.key] = BoxItem(place)
            self._scene.addItem(item)
        area = QRectF(0, 0, drawing.width, drawing.height)
        self._scene.setSceneRect(area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN))
        self.choose(self._chosen)
        self.frame()

    # Qt's interface

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom around the pointer."""
        self.zoom(1.0015 ** event.angleDelta().y())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click chooses the layer under it."""
        super().mouseReleaseEvent(event)
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        item = self.itemAt(event.position().toPoint())
        if isinstance(item, BoxItem) and event.button() == Qt.MouseButton.LeftButton:
            self.layer_pressed.emit(item.box.key)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """A drawing that was fitted stays so."""
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()


def box_colour(box: Box, colours: Colours) -> QColor:
    """From amber, close to suspect, to teal, as good as it gets; red below, grey when unknown.

    What a layer takes is darker, in a light theme, the more it is.
    """
    if box.load is not None:
        return mixed(colours.line, colours.text, box.load)
    if box.is_suspect:
        return QColor(colours.suspect)
    return (
        QColor(colours.line)
        if box.share is None
        else mixed(colours.integer, colours.good, box.share)
    )


def arrow_pen(colours: Colours) -> QPen:
    """One pixel wide at every zoom: Qt takes a second to widen some hundred curves that run far.

    Measured on one layer that 800 others read: 950 ms a paint with a width of 1.3, 20 ms so.
    """
    pen = QPen(QColor(colours.muted), 1.0)
    pen.setCosmetic(True)
    return pen


def arrows_path(arrows: Sequence[Sequence[Point]]) -> QPainterPath:
    """All arrows as one path of smooth curves with heads."""
    path = QPainterPath()
    for points in arrows:
        path.moveTo(*points[0])
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            middle = (y1 + y2) / 2
            path.cubicTo(x1, middle, x2, middle, x2, y2)
        x, y = points[-1]
        path.moveTo(x - 3.5, y - 6)
        path.lineTo(x, y - 0.5)
        path.lineTo(x + 3.5, y - 6)
    return path
