"""Undo and redo."""

from dataclasses import replace
from pathlib import Path

import pytest

from tinyml_studio.document.document import Document
from tinyml_studio.document.history import LIMIT, History

START = Document(Path("/m.onnx"), "0" * 64)


def seeds(*values: int) -> History:
    history = History.start(START, "open")
    for value in values:
        history = history.push(replace(START, seed=value), f"seed {value}")
    return history


def test_undo_and_redo_go_one_step():
    history = seeds(1, 2)
    assert history.undo_name == "seed 2"
    assert history.undo().current.seed == 1
    assert history.undo().redo_name == "seed 2"
    assert history.undo().redo() == history


def test_a_new_step_drops_what_was_undone():
    history = seeds(1, 2).undo().push(replace(START, seed=9), "seed 9")
    assert [step.document.seed for step in history.steps] == [0, 1, 9]
    assert history.redo_name is None


def test_the_ends_are_errors():
    with pytest.raises(IndexError):
        seeds().undo()
    with pytest.raises(IndexError):
        seeds(1).redo()
    assert seeds().undo_name is None


def test_the_length_is_bounded():
    history = seeds(*range(1, LIMIT + 10))
    assert len(history.steps) == LIMIT
    assert history.current.seed == LIMIT + 9


def test_dirty_follows_what_was_saved():
    history = seeds(1)
    assert history.dirty
    saved = history.mark_saved(history.current)
    assert not saved.dirty
    assert saved.undo().dirty
    assert not saved.undo().redo().dirty
