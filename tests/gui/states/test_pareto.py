"""Configurations as points: the best ones, the one in force, and what has no place."""

from dataclasses import replace

import pytest

from tinyml_studio.app.studio import Studio
from tinyml_studio.app.tried import Quality, Tried
from tinyml_studio.gui.states.assembling.pareto import pareto_state
from tinyml_studio.gui.states.charts_of_panes import pareto_table
from tinyml_studio.gui.states.pareto import (
    Cost,
    Merit,
    ParetoState,
    Point,
    best_places,
    front,
    limits,
    nearest,
    point_text,
)


@pytest.fixture(scope="module")
def attempts():
    document, tried = Studio.open_example("digits").document, Tried()
    for bits, size, sqnr in ((8, 8000, 30.0), (4, 5000, 12.0), (3, 6000, 9.0)):
        scheme = document.scheme
        default = replace(scheme.default, weight_bits=bits)
        held = replace(document, scheme=replace(scheme, default=default))
        tried.note(held, name=f"w{bits}", live=Quality(sqnr, sqnr / 30, None, 64), data_bytes=size)
    return tuple(tried)


def made(attempts, cost=Cost.FLASH, merit=None):
    return pareto_state(attempts, attempts[1], cost=cost, merit=merit, target="cortex-m4")


def test_the_best_and_the_one_in_force_are_marked(attempts):
    state = made(attempts, merit=Merit.SQNR)
    assert [held.is_best for held in state.points] == [True, True, False]
    assert [held.name for held in state.points if held.is_current] == ["w4"]
    assert front(state) == ((5000.0, 12.0), (8000.0, 12.0), (8000.0, 30.0))
    assert "in force" in point_text(state, state.points[1])
    assert "Enter adopts" in point_text(state, state.points[2])
    assert len(pareto_table(state).rows) == 3


def test_without_labels_agreement_is_first_and_accuracy_is_not_offered(attempts):
    assert made(attempts).merits == (Merit.AGREEMENT, Merit.SQNR)
    assert made(attempts, merit=Merit.ACCURACY).merit is Merit.AGREEMENT
    labelled = [replace(held, live=replace(held.live, accuracy=0.5)) for held in attempts]
    assert pareto_state(
        labelled, None, cost=Cost.FLASH, merit=None, target=""
    ).merit is Merit.ACCURACY  # fmt: skip


def test_what_was_not_estimated_has_no_latency(attempts):
    state = made(attempts, cost=Cost.LATENCY)
    assert state.points == ()
    assert state.missing == 3


def test_nothing_tried_says_what_to_do():
    assert pareto_state((), None, cost=Cost.RAM, merit=None, target="").hint


def test_points_that_are_equal_are_both_best():
    assert best_places([1, 1, 2], [5, 5, 5]) == {0, 1}


def test_a_place_finds_the_point_within_reach():
    state = ParetoState((Point(0, "a", 10.0, 1.0), Point(1, "b", 20.0, 2.0)))
    assert nearest(state, (11.0, 1.0), (1.0, 0.1), 14).number == 0
    assert nearest(state, (11.0, 5.0), (1.0, 0.01), 14) is None


@pytest.mark.parametrize("values", [[], [3.0], [1.0, 2.0]])
def test_an_axis_is_never_empty(values):
    low, high = limits(values)
    assert low < high
