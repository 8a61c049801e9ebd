import math

import pytest

from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.states.network import Box, network_edges, network_layout, network_state


def test_every_layer_has_a_box_and_shortcuts_have_arrows():
    studio = Studio.open_example("digits")
    graph = studio.derived.graph
    drawing = network_layout(graph)
    state = network_state(studio.layers, graph, studio.errors(8), drawing)
    names = [box.key for box in state.boxes]
    assert names == [row.name for row in studio.layers]
    edges = {(names[a], names[b]) for a, b in network_edges(graph)}
    add = next(node for node in graph.nodes if node.op.kind == "Add")
    assert len([end for _, end in edges if end == add.name]) == 2
    assert len(state.drawing.places) == len(names)
    assert all(box.sqnr_db is not None and box.sqnr_db > 10 for box in state.boxes)
    assert state.boxes[1].about == "Conv 3×3 · w8a8"
    plain = network_state(studio.layers, graph, None, drawing)
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
    state = network_state(studio.layers, studio.derived.graph, None, None)
    assert "table" in state.hint
    assert not state.boxes
