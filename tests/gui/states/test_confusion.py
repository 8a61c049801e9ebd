import numpy as np
import pytest

from tinyml_studio.app.confusion import Classes
from tinyml_studio.gui.states.confusion import MOST_CLASSES, ConfusionState, confusion_state

LABELS = np.array([0, 0, 1, 2, 2, 2])
REAL = np.array([0, 1, 1, 2, 2, 0])
INTEGER = np.array([0, 1, 1, 2, 1, 0])


def state(labels=LABELS, *, shows_float=False):
    found = Classes(labels, REAL, INTEGER)
    return confusion_state(found, shows_float=shows_float, is_old=False)


def test_every_sample_stands_in_the_cell_of_its_label_and_class():
    assert state().counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 1, 1]]
    assert state(shows_float=True).counts.tolist() == [[1, 1, 0], [0, 1, 0], [1, 0, 2]]


def test_the_title_holds_accuracy_and_agreement():
    assert "float 66.7 %, integers 50.0 % (−16.7 pt)" in state().title
    assert "agreement 83.3 %" in state().title


def test_without_labels_rows_are_what_float_says():
    shown = state(None)
    assert shown.counts.tolist() == [[2, 0, 0], [0, 2, 0], [0, 1, 1]]
    assert "no labels" in shown.title
    assert shown.rows_are == "float"


def test_a_cell_is_told_in_words():
    assert state().about(2, 1) == "label 2 taken for 1: 1 of 3 (33.3 %)"
    assert state().about(-1, -1) == ""
    assert ConfusionState().about(0, 0) == ""


@pytest.mark.parametrize("count", [5, 1000])
def test_of_many_classes_those_that_are_confused_most_are_shown(count):
    labels = np.arange(count)
    said = labels.copy()
    said[-1] = 0
    shown = confusion_state(Classes(labels, labels, said), shows_float=False, is_old=False)
    assert len(shown.names) == min(count, MOST_CLASSES)
    assert {0, count - 1} <= set(shown.names)
    assert ("confused most" in shown.note) is (count > MOST_CLASSES)
