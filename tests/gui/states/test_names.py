import pytest

from tinyml_studio.gui.states.assembling.operators import KEPT, Remembered
from tinyml_studio.gui.states.names import short_names

CONVERTED = (
    "model/activation_1/Relu;model/bn_1/FusedBatchNormV3;"
    "model/conv2d_1/BiasAdd/ReadVariableOp/resource;model/conv2d_1/BiasAdd;model/conv2d_2/Conv2D"
)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        (CONVERTED, "conv2d_1"),
        ("model/activation_2/Relu;model/add/add", "add"),
        ("model/add_1/add", "add_1"),
        ("/layer1/conv1/Conv", "conv1"),
        ("Relu__12", "Relu__12"),
        ("functional_1/average_pooling2d/AvgPool", "average_pooling2d"),
        ("", "(no name)"),
        ("///", "///"),
        ("a\nb", "a b"),
        ("serving_default_x:0", "serving_default_x"),
    ],
)
def test_a_name_becomes_what_a_person_would_say(name, short):
    assert short_names([name])[name] == short


def test_names_that_would_be_the_same_keep_more_of_their_path():
    names = ["/block1/conv/Conv", "/block2/conv/Conv", "/stem/Conv"]
    assert list(short_names(names).values()) == ["block1/conv", "block2/conv", "stem"]


def test_operations_of_one_step_are_told_apart_by_their_name():
    names = ["m/dense/BiasAdd", "m/dense/Softmax", "m/conv/BiasAdd"]
    assert list(short_names(names).values()) == ["dense/BiasAdd", "dense/Softmax", "conv"]


def test_names_that_cannot_be_told_apart_are_numbered():
    shown = short_names(["a\u200b", "a"])
    assert sorted(shown.values()) == ["a #1", "a #2"]


def test_every_name_has_its_own_short_name():
    names = [f"m{place % 3}/layer{place % 7}/Conv;x{place}" for place in range(60)]
    assert len(set(short_names(names).values())) == len(names)


def test_what_was_made_of_rows_is_made_once_and_the_latest_are_kept():
    made = []
    remembered = Remembered(lambda rows: made.append(rows) or len(rows))
    states = [tuple(range(count)) for count in range(KEPT + 1)]
    for rows in (*states[:KEPT], *states[:KEPT]):
        assert remembered(rows) == len(rows)
    assert made == states[:KEPT]
    remembered(states[KEPT])
    assert len(remembered._held) == KEPT
    assert remembered(states[0]) == 0
    assert made == [*states, states[0]]
