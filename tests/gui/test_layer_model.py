"""The model of the layer table does little in the window's thread, however long the network is."""

from dataclasses import fields, replace

import pytest
from PySide6.QtCore import QObject, Qt

from tinyml_studio.gui.models.layer_table import CELL_ROLE, ORDER, Cell, LayerTableModel
from tinyml_studio.gui.states.layers import BitsCell, Column, LayerRow, LayersState, shown_by

COUNT = 20_000


def row(place: int) -> LayerRow:
    bits = BitsCell(8, (4, 8))
    return LayerRow(
        f"l{place}", f"l{place}", "Dense", "4", 20, 16, weight=bits, activation=bits, granularity=""
    )


ROWS = tuple(row(place) for place in range(COUNT))


@pytest.fixture
def model(qapp):
    made = LayerTableModel()
    made.show_state(LayersState(ROWS))
    yield made
    made.deleteLater()


@pytest.fixture
def compared(monkeypatch):
    """How many pairs of rows were compared field by field."""
    found = []
    real = LayerRow.__eq__

    def equal(one, other):
        found.append(one.key)
        return real(one, other)

    monkeypatch.setattr(LayerRow, "__eq__", equal)
    return found


def touched(model: QObject, rows: tuple[LayerRow, ...]) -> list[tuple[int, int]]:
    found = []
    model.dataChanged.connect(lambda first, last: found.append((first.row(), last.row())))
    model.show_state(LayersState(rows))
    return found


def test_a_change_of_every_layer_compares_only_the_ends(model, compared):
    rows = tuple(replace(held, isolated=1.0) for held in ROWS)
    assert touched(model, rows) == [(0, COUNT - 1)]
    assert len(compared) <= 4


def test_a_change_of_one_layer_compares_only_that_one(model, compared):
    rows = (*ROWS[:70], replace(ROWS[70], isolated=1.0), *ROWS[71:])
    assert touched(model, rows) == [(70, 70)]
    assert set(compared) == {"l70"}


def test_no_change_touches_nothing(model, compared):
    assert touched(model, ROWS) == []
    assert compared == []


def cells(model: QObject, change, *, pending: bool = False) -> list[tuple[int, int, int, int]]:
    """First and last row, first and last column of what is painted anew."""
    found = []
    model.dataChanged.connect(
        lambda first, last: found.append((first.row(), last.row(), first.column(), last.column()))
    )
    model.show_state(LayersState(change(ROWS), pending))
    return found


def test_only_cells_that_say_something_else_are_painted(model):
    alone, flash = ORDER.index(Column.ISOLATED), ORDER.index(Column.FLASH)

    def change(rows):
        return (rows[0], replace(rows[1], isolated=1.0), replace(rows[2], flash=9), *rows[3:])

    assert cells(model, change) == [(1, 1, alone, alone), (2, 2, flash, flash)]


def test_figures_on_their_way_change_only_the_columns_of_figures(model):
    places = [ORDER.index(column) for column in (Column.ISOLATED, Column.CLIPPED)]
    assert cells(model, lambda rows: rows, pending=True) == [(0, COUNT - 1, *places)]


OTHER = {
    "name": "other",
    "operator": "Add",
    "output": "5",
    "parameters": 7,
    "macs": 7,
    "weight": BitsCell(4, (4, 8), refused="no"),
    "activation": BitsCell(16, reason="follows"),
    "granularity": "tensor",
    "isolated": 1.0,
    "cumulative": 1.0,
    "clipped": 0.5,
    "problem": "cannot run",
    "flash": 7,
    "ram": 7,
    "instructions": 7,
    "flash_share": 0.5,
    "ram_share": 0.5,
    "instructions_share": 0.5,
    "spare_bits": 1,
}


def said(model: LayerTableModel, column: int) -> list[object]:
    """All that a cell answers that a person may notice."""
    roles = Qt.ItemDataRole
    index = model.index(0, column)
    asked = (roles.DisplayRole, roles.ToolTipRole, roles.ForegroundRole, roles.FontRole, CELL_ROLE)
    shown = [index.data(role) for role in asked]
    if isinstance(shown[-1], Cell):
        shown[-1] = replace(shown[-1], row=ROWS[0])
    return [*shown, index.flags()]


def test_every_field_that_can_change_is_tried():
    assert OTHER.keys() == {held.name for held in fields(LayerRow)} - {"key"}


@pytest.mark.parametrize("field", OTHER)
def test_a_cell_that_is_not_painted_anew_says_what_it_said(qapp, field):
    model, new = LayerTableModel(), replace(ROWS[0], **{field: OTHER[field]})
    model.show_state(LayersState((ROWS[0],)))
    before = [said(model, place) for place in range(len(ORDER))]
    model.show_state(LayersState((new,)))
    for place, column in enumerate(ORDER):
        if shown_by(ROWS[0], column) == shown_by(new, column):
            assert said(model, place) == before[place], column
    assert any(shown_by(ROWS[0], column) != shown_by(new, column) for column in ORDER)
    model.deleteLater()
