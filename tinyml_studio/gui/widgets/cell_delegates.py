"""Painting and editing of table cells: bits, granularity, figures with a bar."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tinyml_studio.gui.models.layer_table import ORDER, ROW_ROLE, Index
from tinyml_studio.gui.states.layers import SUSPECT_DB, Column, LayerRow, bar_share, bits_cell
from tinyml_studio.gui.theme import DARK, Colours, mixed, translucent

ARROW_ROOM = 13
GRANULARITIES = ("channel", "tensor")


class ThemedDelegate(QStyledItemDelegate):
    """A delegate that knows the theme."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colours: Colours = DARK

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Keep the text's own colour on selected rows, and draw no frame around one cell."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus


class ChoiceDelegate(ThemedDelegate):
    """A cell with a small arrow that opens a list: bits or granularity.

    Attributes
    ----------
    chosen
        Row of the source model's `LayerRow`, its column, and the chosen text.
    """

    chosen = Signal(object, object, str)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Text, then the arrow where there is a choice; a frame where the keyboard is."""
        shifted = QStyleOptionViewItem(option)
        _paint_ground(painter, option, self.colours)
        shifted.rect = QRect(option.rect).adjusted(0, 0, -ARROW_ROOM, 0)
        super().paint(painter, shifted, index)
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self._paint_arrow(painter, option.rect)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(self.colours.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(
                QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5),
                3,
                3,
            )

    def _paint_arrow(self, painter: QPainter, rect: QRect) -> None:
        x, y = rect.right() - ARROW_ROOM + 4, rect.center().y() + 0.5
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.colours.muted))
        painter.drawPolygon(
            QPolygonF([QPointF(x - 3, y - 1.5), QPointF(x + 3, y - 1.5), QPointF(x, y + 2)])
        )
        painter.restore()

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """A list of what can be chosen here."""
        del option
        editor = QComboBox(parent)
        editor.addItems(choices(index))
        editor.activated.connect(lambda _: self._commit(editor))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        """Start from what is in force, with the list open."""
        if isinstance(editor, QComboBox):
            place = editor.findText(str(index.data()))
            if editor.currentIndex() != place:
                editor.setCurrentIndex(place)
            editor.showPopup()

    def setModelData(  # noqa: N802 - Qt's name
        self, editor: QWidget, model: QAbstractItemModel, index: Index
    ) -> None:
        """Tell the choice; the model is changed by the session, not here."""
        del model
        if isinstance(editor, QComboBox) and editor.property("committed"):
            column = ORDER[index.column()]
            self.chosen.emit(index.data(ROW_ROLE), column, editor.currentText())

    def _commit(self, editor: QComboBox) -> None:
        editor.setProperty("committed", True)  # noqa: FBT003 - Qt's signature
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Losing the focus to its own list must not close the editor."""
        if event.type() == QEvent.Type.FocusOut and isinstance(editor, QComboBox):
            return editor.view().isVisible() or super().eventFilter(editor, event)
        return super().eventFilter(editor, event)


class BarDelegate(ThemedDelegate):
    """An SQNR: its figure on the right, on the same line a bar that is full at 60 dB."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The bar left, the figure right; red with a mark below 10 dB."""
        super().paint(painter, option, index)
        row, column = index.data(ROW_ROLE), ORDER[index.column()]
        rect: QRect = option.rect
        self._paint_bar(painter, rect, _sqnr(row, column), pale=column is Column.ISOLATED)

    def _paint_bar(
        self, painter: QPainter, rect: QRect, value: float | None, *, pale: bool
    ) -> None:
        if value is None:
            return
        colours = self.colours
        suspect = value < SUSPECT_DB
        track = QRectF(rect.left() + 8, rect.center().y() - 2, max(rect.width() - 60, 12), 5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent(colours.muted, 46))
        painter.drawRoundedRect(track, 2.5, 2.5)
        fill = QRectF(track)
        fill.setWidth(max(track.width() * bar_share(value), 3.0))
        tone = colours.suspect if suspect else colours.integer
        painter.setBrush(mixed(tone, colours.surface, 0.45) if pale else QColor(tone))
        painter.drawRoundedRect(fill, 2.5, 2.5)
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        """Suspect figures are red and carry a mark."""
        super().initStyleOption(option, index)
        value = _sqnr(index.data(ROW_ROLE), ORDER[index.column()])
        if value is not None and value < SUSPECT_DB:
            tone = QBrush(QColor(self.colours.suspect_text))
            option.palette.setBrush(option.palette.ColorRole.Text, tone)
            option.palette.setBrush(option.palette.ColorRole.HighlightedText, tone)
            option.text = f"▾ {option.text}"


class SizeDelegate(ThemedDelegate):
    """Bytes, instructions: the figure on the right, beside a bar full at the largest layer."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The bar left, the figure right."""
        super().paint(painter, option, index)
        row: LayerRow = index.data(ROW_ROLE)
        shares = {
            Column.FLASH: row.flash_share,
            Column.RAM: row.ram_share,
            Column.INSTRUCTIONS: row.instructions_share,
        }
        share = shares[ORDER[index.column()]]
        width = option.rect.width() - 66
        if share <= 0.0 or width < 8:
            return
        bar = QRectF(option.rect.left() + 6, option.rect.center().y() - 2, width, 5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(translucent(self.colours.muted, 46))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        bar.setWidth(max(width * min(share, 1.0), 3.0))
        painter.setBrush(QColor(self.colours.muted))
        painter.drawRoundedRect(bar, 2.5, 2.5)
        painter.restore()


def choices(index: Index) -> list[str]:
    """What can be chosen in a cell."""
    cell = bits_cell(index.data(ROW_ROLE), ORDER[index.column()])
    if cell is None:
        return list(GRANULARITIES)
    return [str(bits) for bits in sorted(cell.choices, reverse=True)]


def _sqnr(row: LayerRow, column: Column) -> float | None:
    return row.isolated if column is Column.ISOLATED else row.cumulative


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, colours: Colours) -> None:
    """The selection behind the whole cell, before anything else is drawn."""
    if option.state & QStyle.StateFlag.State_Selected:
        painter.fillRect(option.rect, QColor(colours.selection))


def use(view: QAbstractItemView, column: Column, delegate: ThemedDelegate) -> None:
    """Let a delegate paint a column."""
    view.setItemDelegateForColumn(ORDER.index(column), delegate)
