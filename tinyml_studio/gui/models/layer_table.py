"""The table of layers as a Qt model; told a `LayersState`, it touches only rows that differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from tinyml_studio.gui.states.layer_filter import Test
from tinyml_studio.gui.states.layers import (
    COLUMNS,
    Column,
    LayerRow,
    LayersState,
    bits_cell,
    shown_by,
)
from tinyml_studio.gui.states.text import (
    MISSING,
    clean,
    data_size,
    decibel,
    percent,
    plain_tip,
    short_count,
    whole,
)
from tinyml_studio.gui.theme import DARK, Colours

Index = QModelIndex | QPersistentModelIndex
SORT_ROLE = Qt.ItemDataRole.UserRole.value + 1
ROW_ROLE = Qt.ItemDataRole.UserRole.value + 2
MATCH_ROLE = Qt.ItemDataRole.UserRole.value + 3
CELL_ROLE = Qt.ItemDataRole.UserRole.value + 4
MATCH = "match"
"""What a row that passes the test says of itself."""
ORDER = tuple(COLUMNS)
MOST_LOOKED_INTO = 200
"""Rows of which the model looks which cells differ; of more all cells are taken to."""
FIXED = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
EDITABLE = FIXED | Qt.ItemFlag.ItemIsEditable
PENDING = (Column.ISOLATED, Column.CUMULATIVE, Column.CLIPPED)
"""What is grey while newer figures are on their way."""


@dataclass(frozen=True, slots=True)
class Cell:
    """All that a delegate needs to paint a cell, in one answer.

    Each question of a view at a model costs a change of languages, which a worker that computes
    makes long.
    """

    row: LayerRow
    column: Column
    text: str
    ink: QColor
    is_bold: bool
    is_editable: bool


class LayerTableModel(QAbstractTableModel):
    """One row per layer, one column per `Column`; `test` says which of them match."""

    def __init__(self) -> None:
        super().__init__()
        self.test: Test | None = None
        self._state = LayersState()
        self._colours = DARK
        self._bold = QFont()
        self._bold.setBold(True)
        roles = Qt.ItemDataRole
        self._readers: dict[int, Callable[[int, LayerRow, Column], object]] = {
            roles.DisplayRole.value: _text,
            roles.ToolTipRole.value: lambda _, row, column: plain_tip(_tip(row, column)),
            roles.TextAlignmentRole.value: lambda _, __, column: _alignment(column),
            roles.ForegroundRole.value: lambda _, row, column: self._colour(row, column),
            roles.FontRole.value: self._font,
            SORT_ROLE: _sort_key,
            ROW_ROLE: lambda _, row, __: row,
            MATCH_ROLE: lambda _, row, __: MATCH if self.test and self.test(row) else "",
            CELL_ROLE: self._cell,
        }

    @property
    def state(self) -> LayersState:
        """What is shown."""
        return self._state

    def show_state(self, state: LayersState) -> None:
        """Show another state; rows that stay the same are not touched."""
        old, rows = self._state.rows, state.rows
        if not _same_layers(old, rows):
            self.beginResetModel()
            self._state = state
            self.endResetModel()
            return
        pending = self._state.pending != state.pending
        self._state = state
        first = _first_that_differs(zip(old, rows, strict=True))
        if first is not None:
            behind = zip(reversed(old), reversed(rows), strict=True)
            self._tell(old, first, len(rows) - 1 - (_first_that_differs(behind) or 0))
        if pending and rows:
            places = [ORDER.index(column) for column in PENDING]
            self.dataChanged.emit(
                self.index(0, min(places)), self.index(len(rows) - 1, max(places))
            )

    def _tell(self, old: Sequence[LayerRow], first: int, last: int) -> None:
        """Name the cells from one row to another that say something else; of very many, all."""
        if last - first >= MOST_LOOKED_INTO:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(ORDER) - 1))
            return
        for place in range(first, last + 1):
            for start, end in _runs(_differing(old[place], self._state.rows[place])):
                self.dataChanged.emit(self.index(place, start), self.index(place, end))

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        if self._state.rows:
            last = self.index(len(self._state.rows) - 1, len(ORDER) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def layer(self, place: int) -> LayerRow:
        """The layer in a row."""
        return self._state.rows[place]

    def place_of(self, key: str) -> int | None:
        """The row of a layer, by its true name."""
        return next((place for place, row in enumerate(self._state.rows) if row.key == key), None)

    # Qt's interface

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """One per layer."""
        return 0 if parent.isValid() else len(self._state.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's
        """All columns; the view hides those that do not fit."""
        return 0 if parent.isValid() else len(ORDER)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Cells of bits and granularity can be edited where there is a choice."""
        row, column = self._state.rows[index.row()], ORDER[index.column()]
        return EDITABLE if _is_editable(row, column) else FIXED

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings and their explanation."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        spec = COLUMNS[ORDER[section]]
        if role == Qt.ItemDataRole.DisplayRole:
            return spec.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(spec.tip)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(ORDER[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, colour, tooltip and sort key of a cell."""
        read = self._readers.get(int(role))
        if read is None:
            return None
        return read(index.row(), self._state.rows[index.row()], ORDER[index.column()])

    def _cell(self, place: int, row: LayerRow, column: Column) -> Cell:
        return Cell(
            row,
            column,
            _text(place, row, column),
            self._colour(row, column),
            _is_reduced(row, column),
            _is_editable(row, column),
        )

    def _font(self, _: int, row: LayerRow, column: Column) -> QFont | None:
        return self._bold if _is_reduced(row, column) else None

    def _colour(self, row: LayerRow, column: Column) -> QColor:
        colours = self._colours
        cell = bits_cell(row, column)
        is_refused = cell is not None and bool(cell.refused)
        if is_refused or (row.problem and column in (Column.NAME, Column.OPERATOR)):
            return QColor(colours.suspect_text)
        if cell is not None and not cell.is_editable:
            return QColor(colours.muted)
        if _is_reduced(row, column):
            return QColor(colours.integer_text)
        if column in (Column.INDEX, Column.GRANULARITY):
            return QColor(colours.muted)
        if column in PENDING and self._state.pending:
            return QColor(colours.muted)
        return QColor(colours.text)


def _same_layers(old: Sequence[LayerRow], new: Sequence[LayerRow]) -> bool:
    """Whether both are rows of the same layers."""
    if len(old) != len(new):
        return False
    return all(one is other or one.key == other.key for one, other in zip(old, new, strict=True))


def _first_that_differs(pairs: Iterable[tuple[LayerRow, LayerRow]]) -> int | None:
    """The place of the first pair of rows that say something else; None where all are equal."""
    places = (
        place for place, (one, other) in enumerate(pairs) if one is not other and one != other
    )
    return next(places, None)


def _differing(old: LayerRow, new: LayerRow) -> list[int]:
    """The places of the columns that show something else."""
    return [
        place
        for place, column in enumerate(ORDER)
        if shown_by(old, column) != shown_by(new, column)
    ]


def _runs(places: Sequence[int]) -> list[tuple[int, int]]:
    """Neighbours among ascending places as first and last."""
    runs: list[tuple[int, int]] = []
    for place in places:
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs


def _is_editable(row: LayerRow, column: Column) -> bool:
    """Whether there is a choice."""
    cell = bits_cell(row, column)
    if cell is not None:
        return cell.is_editable
    return column is Column.GRANULARITY and bool(row.granularity)


def _alignment(column: Column) -> Qt.AlignmentFlag:
    """Figures stand on the right, so that their digits line up."""
    number = COLUMNS[column].is_number
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _text(place: int, row: LayerRow, column: Column) -> str:
    cell = bits_cell(row, column)
    if cell is not None:
        shown = MISSING if cell.bits is None else str(cell.bits)
        return f"✕ {shown}" if cell.refused else shown
    return _TEXTS[column](place, row)


_TEXTS: Mapping[Column, Callable[[int, LayerRow], str]] = {
    Column.INDEX: lambda place, _: str(place + 1),
    Column.NAME: lambda _, row: f"▴ {row.name}" if row.is_risky else row.name,
    Column.OPERATOR: lambda _, row: f"✕ {row.operator}" if row.problem else row.operator,
    Column.OUTPUT: lambda _, row: row.output,
    Column.PARAMETERS: lambda _, row: whole(row.parameters) if row.parameters else MISSING,
    Column.MACS: lambda _, row: short_count(row.macs) if row.macs else MISSING,
    Column.GRANULARITY: lambda _, row: row.granularity or MISSING,
    Column.ISOLATED: lambda _, row: decibel(row.isolated, unit=False),
    Column.CUMULATIVE: lambda _, row: decibel(row.cumulative, unit=False),
    Column.CLIPPED: lambda _, row: percent(row.clipped),
    Column.FLASH: lambda _, row: MISSING if row.flash is None else data_size(row.flash),
    Column.RAM: lambda _, row: MISSING if row.ram is None else data_size(row.ram),
    Column.INSTRUCTIONS: lambda _, row: (
        short_count(row.instructions) if row.instructions else MISSING
    ),
}


def _sort_key(place: int, row: LayerRow, column: Column) -> float | str:
    cell = bits_cell(row, column)
    if cell is not None:
        return -1 if cell.bits is None else cell.bits
    figures: dict[Column, float | None] = {
        Column.INDEX: place,
        Column.PARAMETERS: row.parameters,
        Column.MACS: row.macs,
        Column.ISOLATED: row.isolated,
        Column.CUMULATIVE: row.cumulative,
        Column.CLIPPED: row.clipped,
        Column.FLASH: row.flash,
        Column.RAM: row.ram,
        Column.INSTRUCTIONS: row.instructions,
    }
    if column in figures:
        value = figures[column]
        return math.inf if value is None or math.isnan(value) else float(value)
    return _text(place, row, column)


def _tip(row: LayerRow, column: Column) -> str:
    cell = bits_cell(row, column)
    if cell is not None and cell.refused:
        return cell.refused
    if cell is not None and cell.reason:
        return cell.reason
    if cell is not None and cell.is_editable:
        return "Double-click or type a digit. All selected rows change together."
    if column in (Column.NAME, Column.OPERATOR):
        about = f"{clean(row.key, limit=400)}\n{row.operator}, output {row.output}{_spare(row)}"
        return f"{row.problem}\n{about}" if row.problem else about
    if column in (Column.ISOLATED, Column.CUMULATIVE):
        value = row.isolated if column is Column.ISOLATED else row.cumulative
        alone = "only this layer quantized" if column is Column.ISOLATED else "all up to here"
        return f"{decibel(value)} with {alone}" if value is not None else ""
    return ""


def _spare(row: LayerRow) -> str:
    """What the accumulator leaves free."""
    if row.spare_bits is None:
        return ""
    left = f"{row.spare_bits} bits" if row.spare_bits != 1 else "1 bit"
    return f"\nNo input can overflow the accumulator: {left} to spare"


def _is_reduced(row: LayerRow, column: Column) -> bool:
    """A width that was chosen other than 8."""
    cell = bits_cell(row, column)
    return cell is not None and cell.is_editable and cell.bits not in (None, 8)
