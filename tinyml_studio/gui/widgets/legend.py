"""Legends: a swatch in the theme's colour and a word for each; a row of them where they fit."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tinyml_studio.gui.states.summary import heads_fitting
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


class LegendRow(QWidget):
    """Legends side by side; where there is no room for all, the last give way.

    A row of legends that asks for all its room would make the whole window wider.
    """

    def __init__(self, *legends: Legend) -> None:
        super().__init__()
        self._legends: tuple[Legend, ...] = ()
        for legend in legends:
            legend.setParent(self)
            legend.hide()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_legends(self, *legends: Legend) -> None:
        """Show these from now on, as far as they fit."""
        if legends != self._legends:
            for legend in self._legends:
                legend.hide()
            self._legends = legends
            self.updateGeometry()
            self._place()

    def _place(self) -> None:
        widths = [legend.sizeHint().width() for legend in self._legends]
        shown = heads_fitting(widths, self.width(), GAP)
        x = 0
        for place, (legend, width) in enumerate(zip(self._legends, widths, strict=True)):
            legend.setGeometry(x, 0, width, self.height())
            legend.setVisible(place < shown)
            x += width + GAP

    # Qt's interface

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for all."""
        hints = [legend.sizeHint() for legend in self._legends]
        width = sum(hint.width() for hint in hints) + GAP * max(len(hints) - 1, 0)
        return QSize(width, max((hint.height() for hint in hints), default=0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for none."""
        return QSize(0, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the legends to the new width."""
        self._place()
        super().resizeEvent(event)
