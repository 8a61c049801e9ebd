"""Bytes of every layer in the table, the mark of a full accumulator, and the filter."""

from dataclasses import replace

from PySide6.QtCore import Qt

from tinyml_studio.app.footprint import footprint
from tinyml_studio.gui.models.layer_table import ORDER, LayerTableModel
from tinyml_studio.gui.states.layers import NO_BITS, BitsCell, Column, LayerRow, LayersState

NAME, FLASH, RAM = (ORDER.index(column) for column in (Column.NAME, Column.FLASH, Column.RAM))


def test_flash_and_ram_are_those_of_the_export(person, window):
    person.open_example()
    sizes = footprint(window.workspace.studio.derived)
    shown = person.cells(FLASH)
    assert shown[0] == "–"
    assert shown[1] == f"{sizes.by_layer[window.workspace.studio.layers[1].name]} B"
    assert "–" not in person.cells(RAM)[1:]
    before = person.cells(FLASH)[5]
    person.go_to(5, ORDER.index(Column.WEIGHT_BITS))
    person.type("4")
    assert person.cells(FLASH)[5] != before
    person.trigger("edit.undo")
    assert person.cells(FLASH)[5] == before


def test_the_filter_shows_what_matches_and_edits_only_that(person, window, qtbot):
    person.open_example()
    view = window.board["layers"].view
    qtbot.keyClicks(view.filter, "depthwise")
    shown = person.cells(NAME)
    assert len(shown) == 2
    assert view._count.text() == "2 of 11"
    view.table.selectAll()
    person.qtbot.wait(1)
    view.bits_chosen.emit(tuple(row.key for row in view.table.selected_layers()), "w4")
    person.wait()
    assert [weight for weight, _ in person.bits()].count(4) == 2
    view.filter.clear()
    assert len(person.cells(NAME)) == 11


def test_a_nearly_full_accumulator_is_marked():
    model = LayerTableModel()
    row = LayerRow("a", "a", "Conv", "4", 0, 0, NO_BITS, BitsCell(8), spare_bits=1)
    model.show_state(LayersState((row, replace(row, key="b", name="b", spare_bits=9))))
    assert model.index(0, NAME).data() == "▴ a"
    assert model.index(1, NAME).data() == "b"
    assert "1 bit to spare" in model.index(0, NAME).data(Qt.ItemDataRole.ToolTipRole)


def test_instructions_are_predicted_for_the_chip(person, window):
    person.open_example()
    column = ORDER.index(Column.INSTRUCTIONS)
    shown = person.cells(column)
    assert shown[0] == "–"
    assert sum(text.endswith("k") for text in shown) >= 6
    window.workspace.edits.set_target("rv32imac")
    person.wait()
    assert person.cells(column) != shown
