"""The model of the layer table does little in the window's thread, however long the network is."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject

from tinyml_studio.gui.models.layer_table import LayerTableModel
from tinyml_studio.gui.states.layers import BitsCell, LayerRow, LayersState

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
