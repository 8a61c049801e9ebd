from tinyml_studio.gui.states.comparison import compare_state
from tinyml_studio.simulate.difference import Difference, LayerDifference

LAYERS = (LayerDifference("m/a", 100, 0, 0.0), LayerDifference("m/b", 200, 3, 2.0))


def test_the_first_difference_is_told_with_its_share_and_cause():
    found = Difference(4, LAYERS, "m/b", "its rounding: double and half-up")
    state = compare_state(found, {"m/a": "a", "m/b": "b"}, "Against LiteRT")
    assert state.title == "Against LiteRT: differs first in b, 1.5 % of its values · 4 samples"
    assert state.cause.startswith("its rounding")
    assert [(line.share, line.differs) for line in state.lines] == [("–", False), ("1.5 %", True)]
    assert state.first == "m/b"


def test_equal_layers_are_said_to_be_equal():
    state = compare_state(Difference(4, LAYERS[:1], "", ""), {}, "Against dump")
    assert "1 layers equal" in state.title
    assert not state.first


def test_what_could_not_be_matched_is_named():
    found = Difference(1, LAYERS, "", "", ("x",), tuple("abcdef"))
    cause = compare_state(found, {}, "Against dump", is_old=True)
    assert "layers that only one has: x" in cause.cause
    assert "files of no layer: a, b, c, d and 2 more" in cause.cause
    assert "before the last change" in cause.title
