"""What stands in the window by itself: what happens in it does not lay the window out anew."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget, QWidgetItem


class Island(QWidget):
    """Holds one widget over its whole area.

    Qt lays out all that is around a widget whenever a label in it has another text, up to the
    window and the docks beside it. Here that ends, unless the widget cannot do with the room that
    it could do with before.
    """

    def __init__(self, content: QWidget) -> None:
        super().__init__()
        self.setSizePolicy(content.sizePolicy())
        content.setParent(self)
        content.show()
        self._content, self._item = content, QWidgetItem(content)
        self._told = QSize()

    # Qt's interface

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As the content."""
        return self._item.sizeHint()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As the content; whoever asked keeps it until told to ask again."""
        self._told = self._item.minimumSize()
        return self._told

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The content has the whole area."""
        super().resizeEvent(event)
        self._content.setGeometry(self.rect())

    def event(self, event: QEvent) -> bool:
        """The content was laid out anew, perhaps while nobody looked."""
        kind = event.type()
        is_laid_out = kind == QEvent.Type.LayoutRequest
        is_short = is_laid_out and self._item.minimumSize() != self._told
        if is_short or kind == QEvent.Type.Show:
            self.updateGeometry()
        return super().event(event)
