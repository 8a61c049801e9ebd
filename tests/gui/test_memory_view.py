"""The memory pane: the arena over time."""

import pytest
from PySide6.QtCore import QPointF, Qt

from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.states.memory import Block, MemoryState, overlaps_of, picture_of
from tinyml_studio.gui.theme import DARK, LIGHT, mixed
from tinyml_studio.gui.views.memory_view import MemoryView


def open_memory(person):
    person.open_example()
    person.window.show_pane("memory")
    person.wait()
    return person.window.board["memory"].view


def test_a_click_on_a_tensor_selects_its_layer_and_marks_it(person, window, qtbot):
    view = open_memory(person)
    plot = view.plot
    block = plot._state.blocks[-3]
    place = QPointF((block.first + min(block.last + 1, len(plot._state.steps))) / 2, block.offset)
    place.setY(block.offset + block.size / 2)
    where = plot.widget.mapFromScene(plot.box.mapViewToScene(place))
    qtbot.mouseClick(plot.widget.viewport(), Qt.MouseButton.LeftButton, pos=where)
    person.wait()
    assert window.workspace.selected == block.key
    assert plot._state.selected == block.key
    plot.hovered.emit(place.x(), place.y())
    assert view.cause.text().startswith(block.name)
    plot.hovered.emit(float("nan"), 0.0)
    assert view.cause.text().startswith("Peak at")


def test_an_edit_changes_the_arena_and_undo_restores_it(person, window):
    view = open_memory(person)
    before = view.headline.text()
    window.workspace.edits.set_bits((window.workspace.studio.layers[1].name,), "a16")
    person.wait()
    assert view.headline.text() != before
    person.trigger("edit.undo")
    assert view.headline.text() == before


def test_without_a_program_the_pane_says_what_to_do(person, window):
    window.commands.open_path(find_example("digits").model)
    person.wait()
    window.show_pane("memory")
    person.wait()
    view = window.board["memory"].view
    assert "Ctrl+D" in view.hint_text()
    assert not view.plot.isVisible()


def test_five_hundred_tensors_are_painted_in_both_themes(qtbot, theme):
    view = MemoryView()
    qtbot.addWidget(view)
    blocks = tuple(
        Block(f"l{n}", f"l{n}", f"t{n}", n, n + 1, (n % 2) * 500, 500 - n % 7, n == 9)
        for n in range(500)
    )
    view.show_state(MemoryState(blocks, tuple(f"l{n}" for n in range(500)), 1000, 990, 9, "Peak"))
    view.resize(900, 300)
    for colours in (DARK, LIGHT):
        view.set_colours(colours)
        assert not view.grab().isNull()
    view.show_state(MemoryState(hint="nothing"))
    assert not view.grab().isNull()
    view.dispose()


@pytest.mark.parametrize("colours", [DARK, LIGHT])
def test_what_two_tensors_share_is_hatched(qtbot, theme, colours):
    blocks = (Block("a", "a", "a", 0, 1, 0, 1000), Block("b", "b", "b", 1, 2, 500, 1000))
    grabs = []
    for overlaps in ((), overlaps_of(blocks)):
        view = MemoryView()
        qtbot.addWidget(view)
        view.show_state(MemoryState(blocks, ("a", "b", "c"), 1500, 1500, overlaps=overlaps))
        view.resize(600, 300)
        view.set_colours(colours)
        grabs.append(view.plot.grab().toImage())
        view.dispose()
    assert grabs[0] != grabs[1]


def test_of_twenty_thousand_tensors_only_the_chosen_one_is_painted_alone(qtbot, theme, monkeypatch):
    view = MemoryView()
    qtbot.addWidget(view)
    count = 20_000
    blocks = tuple(
        Block(f"l{n}", f"l{n}", f"t{n}", n, n + 1, (n % 2) * 500, 500, n == 9) for n in range(count)
    )
    picture = picture_of(blocks, count, 1000)
    alone = []
    monkeypatch.setattr(view.plot.blocks, "_paint_block", lambda _, block: alone.append(block.key))
    steps = tuple(f"l{n}" for n in range(count))
    view.show_state(MemoryState(blocks, steps, 1000, 990, 9, "Peak", "l7", picture=picture))
    view.resize(900, 300)
    view.set_colours(LIGHT)
    seen = view.grab().toImage()
    assert set(alone) == {"l7"}
    drawn = {seen.pixelColor(x, 150).name() for x in range(200, 800, 50)}
    assert drawn == {mixed(LIGHT.integer, LIGHT.surface, 0.58).name()}
    view.dispose()


def test_the_legend_promises_a_hatch_only_where_there_is_one(qtbot, theme):
    view = MemoryView()
    qtbot.addWidget(view)
    blocks = (Block("a", "a", "a", 0, 1, 0, 1000), Block("b", "b", "b", 1, 2, 500, 1000))
    for overlaps in (overlaps_of(blocks), ()):
        view.show_state(MemoryState(blocks, ("a", "b", "c"), 1500, 1500, overlaps=overlaps))
        assert view.legend.isVisibleTo(view) == bool(overlaps)
        assert view.plain_legend.isVisibleTo(view) != bool(overlaps)
    view.show_state(MemoryState(hint="nothing"))
    assert not view.legend.isVisibleTo(view)
    assert not view.plain_legend.isVisibleTo(view)
    view.dispose()
