import math

import pytest

from tinyml_studio.app.footprint import memory_of
from tinyml_studio.app.studio import Studio
from tinyml_studio.app.tried import Attempt
from tinyml_studio.gui.states.network import (
    Box,
    Shown,
    figures_of,
    network_edges,
    network_layout,
    network_state,
)


def test_every_layer_has_a_box_and_shortcuts_have_arrows():
    studio = Studio.open_example("digits")
    graph = studio.derived.graph
    drawing = network_layout(graph)
    figures = figures_of(Shown.ALONE, studio.errors(8))
    state = network_state(studio.layers, graph, figures, drawing)
    names = [box.key for box in state.boxes]
    assert names == [row.name for row in studio.layers]
    edges = {(names[a], names[b]) for a, b in network_edges(graph)}
    add = next(node for node in graph.nodes if node.op.kind == "Add")
    assert len([end for _, end in edges if end == add.name]) == 2
    assert len(state.drawing.places) == len(names)
    assert all(box.sqnr_db is not None and box.sqnr_db > 10 for box in state.boxes)
    assert state.boxes[1].about == "Conv 3×3 · w8a8"
    plain = network_state(studio.layers, graph, {}, drawing)
    assert {box.share for box in plain.boxes} == {None}


@pytest.mark.parametrize(
    ("sqnr", "share", "suspect"),
    [(None, None, False), (math.nan, None, False), (5.0, 0.0, True), (35.0, 0.5, False),
     (math.inf, 1.0, False), (-math.inf, 0.0, True)],
)  # fmt: skip
def test_the_colour_follows_the_sqnr(sqnr, share, suspect):
    box = Box("a", "a", "", "", sqnr)
    assert box.share == share
    assert box.is_suspect is suspect


def test_too_many_layers_are_not_drawn():
    studio = Studio.open_example("digits")
    state = network_state(studio.layers, studio.derived.graph, {}, None)
    assert "table" in state.hint
    assert not state.boxes


@pytest.mark.parametrize("shown", Shown)
def test_boxes_are_coloured_by_what_is_chosen(shown):
    studio = Studio.open_example("digits")
    document, names = studio.document, [row.name for row in studio.layers]
    known = studio.estimate(target="stm32f411re", count=False)
    attempt = Attempt(document, **memory_of(studio.derived), predictions={"stm32f411re": known})
    evaluation = studio.errors(8)
    figures = figures_of(shown, evaluation, attempt, "stm32f411re")
    assert names[5] in figures
    graph = studio.derived.graph
    state = network_state(studio.layers, graph, figures, network_layout(graph), shown)
    box = state.boxes[5]
    assert state.shown is shown
    assert (box.load is None) == shown.is_error
    assert (box.share is None) != shown.is_error
    if not shown.is_error:
        assert max(held.load or 0.0 for held in state.boxes) == 1.0
        assert any(unit in box.figure for unit in ("B", "k", "M"))
    assert figures_of(shown, None) == {}
