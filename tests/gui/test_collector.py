"""Garbage is collected in the window's thread, young objects only, and all is given back."""

import gc
import sys
import weakref

import pytest

from tinyml_studio.gui.collector import FEW, MANY, MOST_LOOKED_AT, Collector


class Node:
    """Something that can be part of a cycle."""


@pytest.fixture
def collector(qapp):
    made = Collector()
    made.start()
    yield made
    made.stop()
    made.deleteLater()


def cycle():
    one, other = Node(), Node()
    one.other, other.other = other, one
    return weakref.ref(one)


def make(count):
    return [[] for _ in range(count)]


def test_a_young_cycle_is_taken_apart_at_a_look(collector):
    gone = cycle()
    kept = make(FEW + 100)
    assert gone() is not None
    collector.look()
    assert gone() is None
    assert kept


def test_few_objects_are_left_alone(collector, monkeypatch):
    asked = []
    monkeypatch.setattr(gc, "collect", asked.append)
    monkeypatch.setattr(gc, "get_count", lambda: (FEW, 0, 0))
    collector.look()
    assert asked == []


def test_a_network_is_kept_out_of_every_look(collector):
    before = gc.get_freeze_count()
    network = make(2 * MANY)
    collector.look()
    assert gc.get_freeze_count() >= before + len(network)
    watched = weakref.ref(Node())
    assert watched() is None  # what nothing refers to is freed at once all the same


def test_what_grows_old_is_looked_at_in_its_turn(collector, monkeypatch):
    asked = []
    monkeypatch.setattr(gc, "collect", asked.append)
    monkeypatch.setattr(gc, "get_count", lambda: (MANY - 1, 0, 0))
    for _ in range(9):
        collector.look()
    assert asked == [0, 1, 0, 1, 0, 1, 0, 2, 0]


def test_what_came_while_as_much_went_is_kept_out_too(collector, monkeypatch):
    monkeypatch.setattr(gc, "get_count", lambda: (FEW + 1, 0, 0))
    network = make(MOST_LOOKED_AT + 100)
    monkeypatch.setattr(gc, "collect", lambda _: pytest.fail("all of it was looked at"))
    collector.look()
    assert gc.get_freeze_count() >= len(network)


@pytest.mark.parametrize("collects", [True, False])
def test_everything_is_given_back(qapp, collects):
    gc.enable() if collects else gc.disable()
    held = sys.getswitchinterval(), gc.isenabled()
    made = Collector()
    made.start()
    assert not gc.isenabled()
    made.stop()
    made.deleteLater()
    assert (pytest.approx(sys.getswitchinterval()), gc.isenabled()) == held
    assert gc.get_freeze_count() == 0


def test_no_worker_takes_a_cycle_apart_while_a_test_runs():
    assert not gc.isenabled()
