"""A confusion matrix as a heat map with its counts."""

from __future__ import annotations

import math
from itertools import product

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tinyml_studio.gui.states.confusion import ConfusionState
from tinyml_studio.gui.theme import DARK, Colours, figure_font, mixed, scaled_font

CENTRE = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextDontClip)
WIDEST = 46.0
LEAST_TEXT = 9.0
LEAST_PIXELS = 8


class Matrix(QWidget):
    """Draws the counts of a `ConfusionState`.

    Attributes
    ----------
    pointed
        Row and column under the pointer; −1 when there is none.
    """

    pointed = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._colours = ConfusionState(), DARK
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)

    def show_state(self, state: ConfusionState) -> None:
        """Show other counts."""
        self._state = state
        self.update()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self.update()

    def cell(self) -> tuple[float, float, float, float]:
        """Left and top of the first cell, its width and height."""
        count = max(len(self._state.names), 1)
        head, side = self.fontMetrics().height() + 2.0, self.fontMetrics().horizontalAdvance("0000")
        wide = min((self.width() - side) / count, WIDEST)
        high = (self.height() - head) / count
        return float(side), head, wide, min(high, wide)

    def _fit_font(self, painter: QPainter) -> None:
        """The usual font of figures, or a smaller one where rows are low."""
        font = figure_font(scaled_font(self.font(), 0.85))
        painter.setFont(font)
        high, usual = self.cell()[3], painter.fontMetrics().height()
        if high < usual:
            font.setPixelSize(max(LEAST_PIXELS, int(high * painter.fontInfo().pixelSize() / usual)))
            painter.setFont(font)

    def _paint_cells(self, painter: QPainter) -> None:
        state, colours = self._state, self._colours
        if state.counts is None:
            return
        left, top, wide, high = self.cell()
        has_text = high >= LEAST_TEXT and wide >= 20
        numbers = range(len(state.names))
        for row, column in product(numbers, numbers):
            count, total = int(state.counts[row, column]), int(state.counts[row].sum())
            box = QRectF(left + column * wide, top + row * high, wide - 1, high - 1)
            tone = colours.integer if row == column else colours.suspect
            share = math.sqrt(count / total) if total else 0.0
            painter.fillRect(box, mixed(colours.raised, tone, 0.9 * share))
            if has_text and count:
                painter.setPen(QColor(colours.text if share < 0.7 else colours.surface))
                painter.drawText(box, CENTRE, str(count))

    # Qt's interface

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for ten classes."""
        return QSize(420, 240)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the cells, and the class numbers beside and above them."""
        del event
        painter = QPainter(self)
        self._fit_font(painter)
        self._paint_cells(painter)
        left, top, wide, high = self.cell()
        painter.setPen(QColor(self._colours.muted))
        room = painter.fontMetrics().height()
        for number, name in enumerate(self._state.names):
            if wide >= 14 or number % 4 == 0:
                box = QRectF(left + number * wide - 6, 0, wide + 11, top)
                painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(name))
            if high >= room * 0.9 or number % math.ceil(room / max(high, 1)) == 0:
                side = QRectF(0, top + number * high + high / 2 - room / 2, left - 6, room)
                painter.drawText(side, int(Qt.AlignmentFlag.AlignRight), str(name))
        painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell the cell under the pointer."""
        left, top, wide, high = self.cell()
        column = math.floor((event.position().x() - left) / max(wide, 1e-6))
        row = math.floor((event.position().y() - top) / max(high, 1e-6))
        count = len(self._state.names)
        inside = 0 <= row < count and 0 <= column < count
        self.pointed.emit(*((row, column) if inside else (-1, -1)))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """The pointer has left."""
        super().leaveEvent(event)
        self.pointed.emit(-1, -1)
