"""A veil over the window while files are above it: says what letting go of them does."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.theme import DARK, Colours, scaled_font, translucent

INSET = 12
VEILED = 226


class DropVeil(QWidget):
    """Hidden until it is told what to say; the pointer goes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._window, self._text, self._colours = window, "", DARK
        self.setFont(scaled_font(self.font(), 1.35, bold=True))
        self.hide()

    def text(self) -> str:
        """What is said."""
        return self._text

    def say(self, text: str) -> None:
        """Cover the window with a sentence; none takes the veil away."""
        self._text = text
        self.setAccessibleName(text)
        if text:
            self.setGeometry(self._window.rect())
            self.raise_()
        self.setVisible(bool(text))
        self.update()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self.update()

    # Qt's interface

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """A frame, and the sentence in its middle."""
        painter, colours = QPainter(self), self._colours
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), translucent(colours.window, VEILED))
        painter.setPen(QPen(QColor(colours.accent), 2.0, Qt.PenStyle.DashLine))
        frame = QRectF(self.rect()).adjusted(INSET, INSET, -INSET, -INSET)
        painter.drawRoundedRect(frame, 10, 10)
        painter.setPen(QColor(colours.text))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(frame.adjusted(30, 30, -30, -30), int(flags), self._text)
        painter.end()
