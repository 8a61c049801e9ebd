"""Labels for text that comes from files: plain, on one line, cut with an ellipsis."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from tinyml_studio.gui.states.text import clean, plain_tip


def plain_label(text: str = "", *, name: str = "", wrap: bool = False) -> QLabel:
    """A label that never takes its text for markup; `name` is its role in the style sheet."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setWordWrap(wrap)
    if name:
        label.setObjectName(name)
    return label


class ElidedLabel(QWidget):
    """One line of plain text that is cut where there is no room; the whole text is its tooltip."""

    def __init__(
        self,
        text: str = "",
        *,
        name: str = "",
        cut: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text = ""
        self._cut = cut
        if name:
            self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def text(self) -> str:
        """The whole text, cleaned."""
        return self._text

    def set_text(self, text: str) -> None:
        """Show another text."""
        room = self.sizeHint()
        self._text = clean(text, limit=400)
        self.setToolTip(plain_tip(self._text))
        if self.sizeHint() != room:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the whole text."""
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a few letters."""
        return QSize(min(60, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        shown = self.fontMetrics().elidedText(self._text, self._cut, self.width())
        painter.drawText(self.rect(), int(flags), shown)
        painter.end()
