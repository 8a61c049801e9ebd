"""The table of layers: where bits are chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from tinyml_studio.gui.models.layer_table import LayerTableModel
from tinyml_studio.gui.states import choices
from tinyml_studio.gui.states.layer_filter import ABOUT, EXAMPLE, matches
from tinyml_studio.gui.states.layers import (
    COLUMNS,
    SIZE_COLUMNS,
    Column,
    LayerRow,
    LayersState,
    bits_text,
    settable,
)
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.cell_delegates import (
    BarDelegate,
    CellDelegate,
    ChoiceDelegate,
    SizeDelegate,
    use,
)
from tinyml_studio.gui.widgets.labels import plain_label
from tinyml_studio.gui.widgets.layer_table import LayerTable
from tinyml_studio.gui.widgets.panel import Panel

WEIGHT_CHOICES = range(8, 0, -1)
ACTIVATION_CHOICES = (16, 8, 4)


class LayersView(Panel):
    """Told a `LayersState`; tells which layer is chosen and what is asked of which layers.

    Attributes
    ----------
    layer_chosen
        The true name of the layer that the keyboard is on.
    bits_chosen
        True names of layers, and the width for them such as ``w4``.
    granularity_chosen
        True names of layers, and ``channel`` or ``tensor``.
    method_chosen
        True names of layers, and a range method.
    all_chosen
        Bits, granularity and range method for every layer; what is empty stays.
    preset_chosen
        Name of a preset of bits for every layer.
    refused
        Why a key did nothing.
    columns_chosen
        The columns that are to be seen; none means those that fit.
    """

    layer_chosen = Signal(str)
    bits_chosen = Signal(tuple, str)
    granularity_chosen = Signal(tuple, str)
    method_chosen = Signal(tuple, str)
    all_chosen = Signal(str, str, str)
    preset_chosen = Signal(str)
    refused = Signal(str)
    columns_chosen = Signal(frozenset)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = LayerTableModel()
        self.table = LayerTable(self._model, self)
        self._choice, self._bar = ChoiceDelegate(self), BarDelegate(self)
        self._size, self._plain = SizeDelegate(self), CellDelegate(self)
        self.table.setItemDelegate(self._plain)
        for column in SIZE_COLUMNS:
            use(self.table, column, self._size)
        self._make_filter()
        for column in (Column.WEIGHT_BITS, Column.ACTIVATION_BITS, Column.GRANULARITY):
            use(self.table, column, self._choice)
        for column in (Column.ISOLATED, Column.CUMULATIVE):
            use(self.table, column, self._bar)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5, 3, 5, 5)
        top = QHBoxLayout()
        top.setContentsMargins(5, 2, 5, 0)
        top.addWidget(self.filter, 1)
        top.addWidget(self._count)
        layout.addLayout(top)
        layout.addWidget(self.table)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._open_menu)
        header = self.table.horizontalHeader()
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_column_menu)
        self.table.rows_selected.connect(self._tell_layer)
        self.table.digit_typed.connect(self._set_bits)
        self._choice.chosen.connect(self._take_choice)

    @property
    def state(self) -> LayersState:
        """What is shown."""
        return self._model.state

    def show_state(self, state: LayersState) -> None:
        """Show another state; the selection stays where it is."""
        self._model.show_state(state)
        if self.filter.text():
            self._filter()

    def choose(self, key: str) -> None:
        """Select a layer."""
        self.table.choose(key)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        for delegate in (self._plain, self._choice, self._bar, self._size):
            delegate.set_colours(colours)
        self._model.set_colours(colours)

    def _make_filter(self) -> None:
        self.filter, self._count = QLineEdit(), plain_label(name="muted")
        self._count.hide()
        self.filter.setPlaceholderText(EXAMPLE)
        self.filter.setToolTip(plain_tip(ABOUT))
        self.filter.setAccessibleName("Filter of the layers")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._filter)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.filter.setFocus)

    def _filter(self) -> None:
        """Show the layers that match what was typed."""
        self.table.show_only(matches(self.filter.text()))
        shown, total = self.table.model().rowCount(), self._model.rowCount()
        self._count.setText(f"{shown} of {total}")
        self._count.setVisible(shown != total)

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

    def _open_column_menu(self, place: QPoint) -> None:
        menu = column_menu(self.table.shown_columns(), self._choose_columns, self)
        menu.exec(self.table.horizontalHeader().mapToGlobal(place))
        menu.deleteLater()

    def _choose_columns(self, columns: frozenset[Column]) -> None:
        self.table.set_columns(columns)
        self.columns_chosen.emit(columns)

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
        part = _choice_menu(menu, "Weight Scales", choices.GRANULARITIES, self._set_granularity)
        part.setEnabled(any(row.granularity for row in rows))
        _choice_menu(menu, "Range Method", self._methods(), self._set_method)
        menu.addSeparator()
        self._add_all(menu.addMenu("Every Layer"))
        return menu

    def _add_all(self, menu: QMenu) -> None:
        """What can be done with the whole network."""
        tell = self.all_chosen.emit
        menu.setToolTipsVisible(True)
        for name, (title, tip) in choices.PRESETS.items():
            action = menu.addAction(title)
            action.setToolTip(plain_tip(tip))
            action.triggered.connect(lambda _=False, name=name: self.preset_chosen.emit(name))
        menu.addSeparator()
        _choice_menu(menu, "Weight Scales", choices.GRANULARITIES, lambda name: tell("", name, ""))
        _choice_menu(menu, "Range Method", self._methods(), lambda name: tell("", "", name))

    def _methods(self) -> Mapping[str, tuple[str, str]]:
        names = choices.offered_methods(has_file_grids=self._model.state.has_file_grids)
        return {name: choices.METHODS[name] for name in names}

    def _set_method(self, name: str) -> None:
        keys = tuple(row.key for row in self._affected() if not row.problem)
        if keys:
            self.method_chosen.emit(keys, name)


def column_menu(
    shown: frozenset[Column], chosen: Callable[[frozenset[Column]], None], parent: QWidget
) -> QMenu:
    """Which columns are to be seen, of those that need not stay."""
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    fitting = menu.addAction("What Fits")
    fitting.setToolTip("As many as the width has room for, the most telling first")
    fitting.triggered.connect(lambda: chosen(frozenset()))
    menu.addSeparator()
    for column, spec in COLUMNS.items():
        if spec.rank == 0:
            continue
        action = menu.addAction(spec.title)
        action.setToolTip(plain_tip(spec.tip))
        action.setCheckable(True)
        action.setChecked(column in shown)
        action.triggered.connect(lambda _=False, column=column: chosen(shown ^ {column}))
    return menu


def _choice_menu(
    menu: QMenu, title: str, names: Mapping[str, tuple[str, str]], chosen: Callable[[str], None]
) -> QMenu:
    """A submenu of choices with their explanations."""
    part = menu.addMenu(title)
    part.setToolTipsVisible(True)
    for name, (text, tip) in names.items():
        action = part.addAction(text)
        action.setToolTip(plain_tip(tip))
        action.triggered.connect(lambda _=False, name=name: chosen(name))
    return part
