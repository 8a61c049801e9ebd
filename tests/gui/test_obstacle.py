"""What the panes say of a model that cannot run as integers, or whose data are lost."""

from dataclasses import replace

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PySide6.QtWidgets import QLabel

from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import DataError, LostDataError
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.widgets.empty_hint import EmptyHint

REASON = "odd_one cannot run as integers: the operator Hardmax is not supported."
PANES = ("error", "memory", "simulator", "pareto", "code", "verify", "budget")


@pytest.fixture
def model(tmp_path):
    """A model with an operator that no rule knows."""
    weights = numpy_helper.from_array(np.ones((4, 1, 3, 3), np.float32), "w")
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], name="conv", pads=[1, 1, 1, 1]),
        helper.make_node("Hardmax", ["a"], ["y"], name="odd_one"),
    ]
    sides = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N", channels, 8, 8])
        for name, channels in (("x", 1), ("y", 4))
    ]
    graph = helper.make_graph(nodes, "odd", sides[:1], sides[1:], [weights])
    file = tmp_path / "odd.onnx"
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8), file
    )
    return file


@pytest.fixture
def opened(person, window, model):
    window.commands.open_path(model)
    person.wait()
    return window


def said(panel):
    return " ".join(label.text() for label in panel.findChildren(QLabel) if label.isVisible())


@pytest.mark.parametrize("name", PANES)
def test_every_pane_names_the_layer_and_none_asks_for_data(person, opened, name):
    opened.show_pane(name)
    person.wait()
    panel = opened.board[name].panel
    assert REASON in said(panel)
    assert not any(hint.data_button.isVisible() for hint in panel.findChildren(EmptyHint))


def test_the_sentence_above_the_table_leads_to_the_layer(person, opened):
    view = opened.board["summary"].view
    assert view.headline.text() == f"✕ {REASON}"
    view.layer_chosen.emit("odd_one")
    person.wait()
    assert opened.workspace.selected == "odd_one"


def test_the_distributions_of_such_a_layer_say_why_it_has_none(person, opened):
    opened.desk.select("odd_one")
    person.wait()
    panel = opened.board["distributions"].panel
    assert "This layer cannot run as integers: the operator Hardmax" in said(panel)
    assert not any(hint.data_button.isVisible() for hint in panel.findChildren(EmptyHint))


@pytest.mark.parametrize(
    ("refusal", "text", "asks"),
    [
        (DataError("The samples are empty"), "The samples are empty", False),
        (LostDataError("The samples are missing"), "The samples are missing", True),
    ],
)
def test_a_refusal_is_said_and_lost_data_are_asked_for(refusal, text, asks):
    studio = Studio.open_example("motion")
    obstacle = obstacle_of(replace(studio.derived, refusal=refusal), studio.layers)
    assert (obstacle.text, obstacle.asks_data) == (text, asks)
    assert obstacle.hint("Choose data") == text
