"""The table widget: keyboard, columns that fit the width, selection of whole rows."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from tinyml_studio.gui.models.layer_table import (
    MATCH,
    MATCH_ROLE,
    ORDER,
    SORT_ROLE,
    LayerTableModel,
)
from tinyml_studio.gui.states.layer_filter import Test
from tinyml_studio.gui.states.layers import (
    Column,
    LayerRow,
    bits_of_key,
    column_widths,
)
from tinyml_studio.gui.theme import figure_font

EDITABLE = (Column.WEIGHT_BITS, Column.ACTIVATION_BITS, Column.GRANULARITY)


class LayerTable(QTableView):
    """A table of layers that knows which are selected.

    Attributes
    ----------
    digit_typed
        The column of bits and the width that a key on it means.
    rows_selected
        Something else is selected.
    """

    digit_typed = Signal(object, int)
    rows_selected = Signal()

    def __init__(self, model: LayerTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._chosen: frozenset[Column] = frozenset()
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(model)
        self._proxy.setSortRole(SORT_ROLE)
        self._proxy.setFilterRole(MATCH_ROLE)
        self._proxy.setDynamicSortFilter(False)
        self.setModel(self._proxy)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.setTabKeyNavigation(False)  # arrows go from cell to cell, Tab leaves the table
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFont(figure_font(self.font()))
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Layers")
        self._set_headers()
        model.modelReset.connect(self.fit_columns)
        self.selectionModel().selectionChanged.connect(lambda *_: self.rows_selected.emit())

    def _set_headers(self) -> None:
        upright = self.verticalHeader()
        upright.hide()
        upright.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        upright.setDefaultSectionSize(self.fontMetrics().height() + 10)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setMinimumSectionSize(24)
        self.setSortingEnabled(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def show_only(self, test: Test | None) -> None:
        """Show the rows that a test takes; None shows all, of which Qt asks no row then."""
        self._model.test = test
        self._proxy.setFilterFixedString(MATCH if test is not None else "")
        self._proxy.invalidate()

    def selected_layers(self) -> tuple[LayerRow, ...]:
        """The selected layers in network order."""
        chosen = self.selectionModel().selectedRows()
        places = sorted(self._proxy.mapToSource(index).row() for index in chosen)
        return tuple(self._model.layer(place) for place in places)

    def current_layer(self) -> LayerRow | None:
        """The layer that the keyboard is on."""
        index = self._proxy.mapToSource(self.currentIndex())
        return self._model.layer(index.row()) if index.isValid() else None

    def current_column(self) -> Column | None:
        """The column that the keyboard is on."""
        index = self.currentIndex()
        return ORDER[index.column()] if index.isValid() else None

    def choose(self, key: str) -> None:
        """Select one layer by its true name; an unknown one selects nothing."""
        place = self._model.place_of(key)
        current = self.current_layer()
        if place is None:
            self.clearSelection()
            return
        if current is not None and current.key == key and self.selectedIndexes():
            return
        column = max(self.currentIndex().column(), 0)
        index = self._proxy.mapFromSource(self._model.index(place, column))
        flags = QItemSelectionModel.SelectionFlag
        if not index.isValid():
            return  # the filter hides it
        if self.selectionModel().isRowSelected(index.row()):
            self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
            return
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def set_columns(self, chosen: frozenset[Column]) -> None:
        """Show these columns beside those that always stay; none chosen shows what fits."""
        self._chosen = chosen
        self.fit_columns()

    def shown_columns(self) -> frozenset[Column]:
        """The columns that are to be seen."""
        return frozenset(
            column for place, column in enumerate(ORDER) if not self.isColumnHidden(place)
        )

    def fit_columns(self) -> None:
        """Show the columns that fit, the least important gone first, or those that were chosen."""
        character = max(self.fontMetrics().horizontalAdvance("0"), 1)
        widths = column_widths(
            (self.viewport().width() - 1) / character,
            rows=self._model.rowCount(),
            chosen=self._chosen,
        )
        for place, column in enumerate(ORDER):
            self.setColumnHidden(place, column not in widths)
            if column in widths:
                self.setColumnWidth(place, int(widths[column] * character))

    # Qt's interface

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A digit sets the bits of the selected rows; Enter opens the list."""
        column = self.current_column()
        bits = bits_of_key(column, event.text()) if column is not None else None
        if column is not None and bits is not None:
            self.digit_typed.emit(column, bits)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and column in EDITABLE:
            self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the columns to the new width."""
        self.fit_columns()
        super().resizeEvent(event)
