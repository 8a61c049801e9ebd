"""The table of layers: where bits are chosen."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QMenu, QVBoxLayout, QWidget

from tinyml_studio.gui.models.layer_table import LayerTableModel
from tinyml_studio.gui.states.layers import Column, LayerRow, LayersState, bits_text, settable
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.cell_delegates import (
    GRANULARITIES,
    BarDelegate,
    ChoiceDelegate,
    use,
)
from tinyml_studio.gui.widgets.layer_table import LayerTable

WEIGHT_CHOICES = range(8, 0, -1)
ACTIVATION_CHOICES = (16, 8, 4)


class LayersView(QFrame):
    """Told a `LayersState`; tells which layer is chosen and what is asked of which layers.

    Attributes
    ----------
    layer_chosen
        The true name of the layer that the keyboard is on.
    bits_chosen
        True names of layers, and the width for them such as ``w4``.
    granularity_chosen
        True names of layers, and ``channel`` or ``tensor``.
    refused
        Why a key did nothing.
    """

    layer_chosen = Signal(str)
    bits_chosen = Signal(tuple, str)
    granularity_chosen = Signal(tuple, str)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._model = LayerTableModel()
        self.table = LayerTable(self._model, self)
        self._choice, self._bar = ChoiceDelegate(self), BarDelegate(self)
        for column in (Column.WEIGHT_BITS, Column.ACTIVATION_BITS, Column.GRANULARITY):
            use(self.table, column, self._choice)
        for column in (Column.ISOLATED, Column.CUMULATIVE):
            use(self.table, column, self._bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5, 3, 5, 5)
        layout.addWidget(self.table)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.table.rows_selected.connect(self._tell_layer)
        self.table.digit_typed.connect(self._set_bits)
        self._choice.chosen.connect(self._take_choice)

    def show_state(self, state: LayersState) -> None:
        """Show another state; the selection stays where it is."""
        self._model.show_state(state)

    def choose(self, key: str) -> None:
        """Select a layer."""
        self.table.choose(key)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._choice.colours = self._bar.colours = colours
        self._model.set_colours(colours)

    def _tell_layer(self) -> None:
        row = self.table.current_layer()
        selected = self.table.selected_layers()
        if selected and (row is None or row not in selected):
            row = selected[0]
        if row is not None and selected:
            self.layer_chosen.emit(row.key)

    def _affected(self, row: LayerRow | None = None) -> tuple[LayerRow, ...]:
        """The selected rows; only `row` when it is not one of them."""
        selected = self.table.selected_layers()
        return selected if row is None or row in selected else (row,)

    def _take_choice(self, row: LayerRow, column: Column, text: str) -> None:
        if column is Column.GRANULARITY:
            self._set_granularity(text, row)
        else:
            self._set_bits(column, int(text), row)

    def _set_bits(self, column: Column, bits: int, row: LayerRow | None = None) -> None:
        rows = self._affected(row)
        names = settable(rows, column, bits)
        if names:
            self.bits_chosen.emit(names, bits_text(column, bits))
        elif rows:
            cell = rows[0].weight if column is Column.WEIGHT_BITS else rows[0].activation
            self.refused.emit(f"{rows[0].name}: {cell.reason}." if cell.reason else "")

    def _set_granularity(self, text: str, row: LayerRow | None = None) -> None:
        names = tuple(each.key for each in self._affected(row) if each.granularity)
        if names:
            self.granularity_chosen.emit(names, text)

    def _open_menu(self, place: QPoint) -> None:
        if self.table.selected_layers():
            menu = self.selection_menu()
            menu.exec(self.table.viewport().mapToGlobal(place))
            menu.deleteLater()

    def selection_menu(self) -> QMenu:
        """What can be done with the selected rows."""
        menu = QMenu(self)
        rows = self.table.selected_layers()
        for title, column, widths in (
            ("Weight Bits", Column.WEIGHT_BITS, WEIGHT_CHOICES),
            ("Activation Bits", Column.ACTIVATION_BITS, ACTIVATION_CHOICES),
        ):
            part = menu.addMenu(title)
            part.setEnabled(any(settable(rows, column, bits) for bits in widths))
            for bits in widths:
                action = part.addAction(str(bits))
                action.triggered.connect(
                    lambda _=False, column=column, bits=bits: self._set_bits(column, bits)
                )
        part = menu.addMenu("Weight Scales")
        part.setEnabled(any(row.granularity for row in rows))
        for text in GRANULARITIES:
            action = part.addAction(f"One per {text}")
            action.triggered.connect(lambda _=False, text=text: self._set_granularity(text))
        return menu
