"""A legend: a swatch in the theme's colour and a word for each."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tinyml_studio.gui.theme import DARK, Colours, mixed

SWATCH = 10
GAP = 14
HATCH = "#18202b"


class Legend(QWidget):
    """Words with swatches, in one line.

    Parameters
    ----------
    entries
        ``(word, name of a colour)``; a name that ends in ``~`` is drawn pale, one
        that ends in ``-`` as a dashed line, one that ends in ``/`` hatched.
    """

    def __init__(self, entries: tuple[tuple[str, str], ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = entries
        self._colours = DARK
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend: " + ", ".join(word for word, _ in entries))

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for all words."""
        metrics = self.fontMetrics()
        words = sum(metrics.horizontalAdvance(word) + SWATCH + 5 for word, _ in self._entries)
        return QSize(words + GAP * (len(self._entries) - 1) + 2, metrics.height() + 2)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw swatches and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = self.fontMetrics()
        x, middle = 0.0, self.height() / 2
        for word, name in self._entries:
            self._paint_swatch(painter, x, middle, name)
            painter.setPen(QColor(self._colours.muted))
            box = QRectF(x + SWATCH + 5, 0, metrics.horizontalAdvance(word) + 2, self.height())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter), word)
            x = box.right() - 2 + GAP
        painter.end()

    def _paint_swatch(self, painter: QPainter, x: float, middle: float, name: str) -> None:
        full = str(getattr(self._colours, name.rstrip("~-/")))
        if name.endswith("-"):
            painter.setPen(QPen(QColor(full), 1.5, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x - 2, middle), QPointF(x + SWATCH, middle))
            return
        painter.setPen(QColor(full))
        painter.setBrush(
            mixed(full, self._colours.surface, 0.68) if name.endswith("~") else QColor(full)
        )
        box = QRectF(x + 0.5, middle - SWATCH / 2, SWATCH, SWATCH)
        painter.drawRoundedRect(box, 2, 2)
        if name.endswith("/"):
            painter.setBrush(QBrush(QColor(HATCH), Qt.BrushStyle.BDiagPattern))
            painter.drawRoundedRect(box, 2, 2)
