"""Painting and editing of table cells: text, bits, granularity, figures with a bar.

Cells are painted with every edit, while a worker computes: each asks the model once, and is drawn
by hand, as a style would ask the model and its rules for every part of it.
"""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QEvent, QObject, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from tinyml_studio.gui.models.layer_table import CELL_ROLE, ORDER, ROW_ROLE, Cell, Index
from tinyml_studio.gui.states.layers import (
    COLUMNS,
    SUSPECT_DB,
    Column,
    bar_share,
    bits_cell,
)
from tinyml_studio.gui.theme import DARK, Colours, mixed, translucent

ARROW_ROOM = 13
ARROW = QPolygonF([QPointF(-3, -1.5), QPointF(3, -1.5), QPointF(0, 2)])
MARGIN = 3
"""Between a cell's edge and its text, as the style has it."""
THICK = 5
GRANULARITIES = ("channel", "tensor")
SELECTED, FOCUSED = QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_HasFocus
MIDDLE = Qt.AlignmentFlag.AlignVCenter
SIDES = {
    column: int(
        MIDDLE | (Qt.AlignmentFlag.AlignRight if spec.is_number else Qt.AlignmentFlag.AlignLeft)
    )
    for column, spec in COLUMNS.items()
}


class CellDelegate(QStyledItemDelegate):
    """Paints the text of a cell on its ground; knows the theme."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colours: Colours
        self.set_colours(DARK)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.colours = colours
        self._ground, self._on_ground = QColor(colours.selection), QColor(colours.selection_text)
        self._track = translucent(colours.muted, 46)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """The ground where the row is selected, the text, then what stands beside it."""
        cell: Cell = index.data(CELL_ROLE)
        rect, state = option.rect, option.state
        is_selected = bool(state & SELECTED)
        if is_selected:
            painter.fillRect(rect, self._ground)
        painter.setPen(self._ink(cell, is_selected=is_selected))
        self._write(painter, rect.adjusted(MARGIN, 0, -MARGIN - self._room(), 0), cell)
        self._add(painter, rect, cell, state)

    def _write(self, painter: QPainter, room: QRect, cell: Cell) -> None:
        """The text, cut in the middle where it is too long."""
        plain = painter.font() if cell.is_bold else None
        if plain is not None:
            bold = QFont(plain)
            bold.setBold(True)
            painter.setFont(bold)
        text, middle = self._text(cell), Qt.TextElideMode.ElideMiddle
        shown = painter.fontMetrics().elidedText(text, middle, room.width())
        painter.drawText(room, SIDES[cell.column], shown)
        if plain is not None:
            painter.setFont(plain)

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float, ink: QColor) -> None:
        """A bar on its track; a little of it is always seen."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._track)
        painter.drawRoundedRect(track, THICK / 2, THICK / 2)
        painter.setBrush(ink)
        track.setWidth(max(track.width() * share, 3.0))
        painter.drawRoundedRect(track, THICK / 2, THICK / 2)
        painter.restore()

    # what cells of a kind do otherwise

    def _text(self, cell: Cell) -> str:
        return cell.text

    def _ink(self, cell: Cell, *, is_selected: bool) -> QColor:
        return self._on_ground if is_selected else cell.ink

    def _room(self) -> int:
        """What is kept free on the right."""
        return 0

    def _add(self, painter: QPainter, rect: QRect, cell: Cell, state: QStyle.StateFlag) -> None:
        """What stands beside the text."""


class ChoiceDelegate(CellDelegate):
    """A cell with a small arrow that opens a list: bits or granularity.

    Attributes
    ----------
    chosen
        Row of the source model's `LayerRow`, its column, and the chosen text.
    """

    chosen = Signal(object, object, str)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        super().set_colours(colours)
        self._arrow, self._frame = QColor(colours.muted), QPen(QColor(colours.accent))

    def _room(self) -> int:
        return ARROW_ROOM

    def _add(self, painter: QPainter, rect: QRect, cell: Cell, state: QStyle.StateFlag) -> None:
        """The arrow where there is a choice; a frame where the keyboard is."""
        if cell.is_editable:
            x, y = rect.right() - ARROW_ROOM + 4, rect.center().y() + 0.5
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._arrow)
            painter.drawPolygon(ARROW.translated(x, y))
            painter.restore()
        if state & FOCUSED:
            painter.setPen(self._frame)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)

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


class BarDelegate(CellDelegate):
    """An SQNR: its figure on the right, on the same line a bar that is full at 60 dB.

    Suspect figures, below 10 dB, are red and carry a mark.
    """

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        super().set_colours(colours)
        self._suspect = QColor(colours.suspect_text)
        self._inks = {}
        for is_suspect, tone in ((True, colours.suspect), (False, colours.integer)):
            self._inks[Column.CUMULATIVE, is_suspect] = QColor(tone)
            self._inks[Column.ISOLATED, is_suspect] = mixed(tone, colours.surface, 0.45)

    def _text(self, cell: Cell) -> str:
        return f"▾ {cell.text}" if _is_suspect(cell) else cell.text

    def _ink(self, cell: Cell, *, is_selected: bool) -> QColor:
        return self._suspect if _is_suspect(cell) else super()._ink(cell, is_selected=is_selected)

    def _add(self, painter: QPainter, rect: QRect, cell: Cell, state: QStyle.StateFlag) -> None:
        value = _sqnr(cell)
        if value is not None:
            wide = max(rect.width() - 60, 12)
            track = QRectF(rect.left() + 8, rect.center().y() - 2, wide, THICK)
            ink = self._inks[cell.column, _is_suspect(cell)]
            self._paint_bar(painter, track, bar_share(value), ink)


class SizeDelegate(CellDelegate):
    """Bytes, instructions: the figure on the right, beside a bar full at the largest layer."""

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        super().set_colours(colours)
        self._bar = QColor(colours.muted)

    def _add(self, painter: QPainter, rect: QRect, cell: Cell, state: QStyle.StateFlag) -> None:
        row = cell.row
        shares = {
            Column.FLASH: row.flash_share,
            Column.RAM: row.ram_share,
            Column.INSTRUCTIONS: row.instructions_share,
        }
        share, wide = shares[cell.column], rect.width() - 66
        if share > 0.0 and wide >= 8:
            track = QRectF(rect.left() + 6, rect.center().y() - 2, wide, THICK)
            self._paint_bar(painter, track, min(share, 1.0), self._bar)


def choices(index: Index) -> list[str]:
    """What can be chosen in a cell."""
    cell = bits_cell(index.data(ROW_ROLE), ORDER[index.column()])
    if cell is None:
        return list(GRANULARITIES)
    return [str(bits) for bits in sorted(cell.choices, reverse=True)]


def _sqnr(cell: Cell) -> float | None:
    return cell.row.isolated if cell.column is Column.ISOLATED else cell.row.cumulative


def _is_suspect(cell: Cell) -> bool:
    value = _sqnr(cell)
    return value is not None and value < SUSPECT_DB


def use(view: QAbstractItemView, column: Column, delegate: CellDelegate) -> None:
    """Let a delegate paint a column."""
    view.setItemDelegateForColumn(ORDER.index(column), delegate)
