"""Rows of a tree that are as high as their wrapped words need."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTreeWidget

PADDING = 12
"""Left and right of the words, with room to spare for the style's own margins."""


class WrappedRows(QStyledItemDelegate):
    """A tree wraps the words of a cell but never makes the row higher: this does."""

    def __init__(self, tree: QTreeWidget) -> None:
        super().__init__(tree)
        self._tree = tree
        tree.setWordWrap(True)
        tree.header().sectionResized.connect(lambda *_: tree.scheduleDelayedItemsLayout())

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """As high as the words are in the width of their column."""
        plain = super().sizeHint(option, index)
        if index.column():
            return plain
        room = QRect(0, 0, max(self._room(index), 1), 10_000)
        text, flags = str(index.data()), int(Qt.TextFlag.TextWordWrap)
        metrics = option.fontMetrics
        line = metrics.height()
        words = metrics.boundingRect(room, flags, text).height()
        usual = metrics.boundingRect(QRect(0, 0, 1_000_000, 10_000), flags, text).height()
        return QSize(plain.width(), max(plain.height(), line + PADDING // 2 + words - usual))

    def _room(self, index: QModelIndex | QPersistentModelIndex) -> int:
        tree, level = self._tree, 0
        parent = index.parent()
        while parent.isValid():
            parent, level = parent.parent(), level + 1
        item = tree.itemFromIndex(index)
        spans = item.isFirstColumnSpanned()
        width = tree.header().length() if spans else tree.columnWidth(0)
        return width - level * tree.indentation() - PADDING
