from dataclasses import replace
from pathlib import Path

import pytest

from tinyml_studio.document.document import Document
from tinyml_studio.document.history import History
from tinyml_studio.gui.states.history import Effect, history_state

FIRST = Document(Path("m.onnx"), "0" * 64)
HISTORY = History.start(FIRST, "open <b>m</b>")
for number in (1, 2):
    HISTORY = HISTORY.push(replace(HISTORY.current, seed=number), f"step {number}")


def effects(*values):
    pairs = zip(HISTORY.steps, values, strict=True)
    return {id(step.document): Effect(value, 0.5) for step, value in pairs if value is not None}


def test_steps_after_the_current_one_are_undone():
    state = history_state(HISTORY.goto(1), {}, {})
    assert [row.is_undone for row in state.steps] == [False, False, True]
    assert state.position == 1
    assert [row.figures for row in state.steps] == ["", "", ""]
    assert state.steps[0].name == "open <b>m</b>"


@pytest.mark.parametrize(
    ("values", "figures"),
    [
        ((30.0, 28.5, 29.0), ["30.0 dB", "−1.5 dB", "+0.5 dB"]),
        ((30.0, None, 30.01), ["30.0 dB", "", "±0.0 dB"]),
        ((float("inf"), 20.0, 19.0), ["∞", "20.0 dB", "−1.0 dB"]),
    ],
)
def test_each_step_says_what_it_changed(values, figures):
    state = history_state(HISTORY, effects(*values), {})
    assert [row.figures for row in state.steps] == figures
    assert "50.0 %" in state.steps[0].tip


def test_layers_have_the_names_of_the_table():
    history = HISTORY.push(replace(HISTORY.current, seed=9), "/a/b/Conv → w4")
    state = history_state(history, {}, {"/a/b/Conv": "b"})
    assert state.steps[-1].name == "b → w4"
    assert state.steps[-1].tip == "/a/b/Conv → w4"
