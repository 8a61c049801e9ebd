"""The network diagram: its selection is that of the table."""

from PySide6.QtCore import Qt

from tinyml_studio.gui.states.network import Shown
from tinyml_studio.gui.theme import DARK, LIGHT
from tinyml_studio.gui.widgets.network_scene import BoxItem, box_colour


def open_graph(person):
    person.open_example()
    person.window.show_pane("graph")
    person.wait()
    return person.window.board["graph"].view.canvas


def test_nothing_is_drawn_before_somebody_looks(person, window):
    person.open_example()
    assert not window.board["graph"].view.canvas._items
    canvas = open_graph(person)
    assert set(canvas._items) == {row.name for row in window.workspace.studio.layers}


def test_a_click_on_a_box_selects_its_row_and_the_other_way_round(person, window, qtbot):
    canvas = open_graph(person)
    canvas.fit()
    key = window.workspace.studio.layers[5].name
    place = canvas.mapFromScene(canvas._items[key].pos())
    qtbot.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)
    person.wait()
    assert window.workspace.selected == key
    assert window.board["layers"].view.table.current_layer().key == key
    person.go_to(2, 0)
    chosen = [name for name, item in canvas._items.items() if item.is_chosen]
    assert chosen == [window.workspace.studio.layers[2].name]


def test_an_edit_changes_the_figures_and_keeps_the_boxes(person, window):
    canvas = open_graph(person)
    key = window.workspace.studio.layers[1].name
    item = canvas._items[key]
    before = item.box
    person.go_to(1, 6)
    person.type("2")
    assert canvas._items[key] is item
    assert item.box.sqnr_db < before.sqnr_db
    assert "w2" in item.box.about


def test_zoom_and_fit(person, window):
    canvas = open_graph(person)
    canvas.fit()
    whole = canvas.transform().m11()
    assert (
        canvas.mapToScene(canvas.viewport().rect())
        .boundingRect()
        .contains(canvas.scene().itemsBoundingRect())
    )
    canvas.zoom(2.0)
    assert canvas.transform().m11() > whole
    canvas.zoom(1e9)
    assert canvas.transform().m11() <= 4.0
    window.board["graph"].view.fit_button.click()
    assert canvas.transform().m11() == whole
    for colours in (DARK, LIGHT):
        window.board["graph"].view.set_colours(colours)
        assert not window.board["graph"].view.grab().isNull()


def test_another_model_is_another_drawing(person, window):
    canvas = open_graph(person)
    window.commands.open_example("motion")
    person.wait()
    assert set(canvas._items) == {row.name for row in window.workspace.studio.layers}
    assert len([item for item in canvas.scene().items() if isinstance(item, BoxItem)]) == len(
        canvas._items
    )
    assert box_colour(next(iter(canvas._items.values())).box, DARK).isValid()


def test_the_boxes_are_coloured_by_what_is_chosen_and_follow_edits(person, window):
    canvas = open_graph(person)
    view = window.board["graph"].view
    view.shown_box.activated.emit(list(Shown).index(Shown.FLASH))
    person.wait()
    assert view.loads.isVisible()
    assert not view.legend.isVisible()
    key = window.workspace.studio.layers[1].name
    before = canvas._items[key].box.figure
    assert before.endswith("B")
    window.workspace.edits.set_bits((key,), "w2")
    person.wait()
    assert canvas._items[key].box.figure != before
    view.shown_box.activated.emit(list(Shown).index(Shown.SO_FAR))
    person.wait()
    assert canvas._items[key].box.sqnr_db is not None
