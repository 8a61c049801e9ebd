"""After an edit only what changed is looked at again."""

import gc
import weakref
from dataclasses import replace

import pytest

from tests.lower.networks import conv
from tests.prune.planted import chain, dead, unread
from tests.prune.test_prune import depthwise
from tinyml_studio.program.program import Program
from tinyml_studio.prune import ranges, rewrite
from tinyml_studio.prune.prune import prune


@pytest.fixture
def looked(monkeypatch):
    """The layers whose ranges or cuts were really computed."""
    found = []

    def counted(module, name):
        real = getattr(module, name)

        def call(item, *rest):
            found.append(item.layer)
            return real(item, *rest)

        monkeypatch.setattr(module, name, call)

    counted(ranges, "_range")
    counted(rewrite, "_cut")
    return found


def network():
    return chain(
        dead(conv(8, (3, 3), 3), [1, 2], 0.0),
        depthwise(8),
        conv(6, (1, 1), 8),
        unread(conv(4, (1, 1), 6), [5]),
    ).lower()


def edited(program: Program) -> Program:
    """Other weights in the last layer."""
    *before, last = program.instructions
    return replace(
        program, instructions=(*before, replace(last, weights=-last.weights.clip(-127, 127)))
    )


def test_an_edit_looks_at_the_changed_layer_alone(looked):
    program = network()
    first = prune(program)
    assert first.removals
    looked.clear()
    assert prune(program).macs == first.macs
    assert not looked
    again = prune(edited(program))
    assert set(looked) == {"layer3"}
    assert again.removals == first.removals
    assert again.program.instructions[:3] == first.program.instructions[:3]


def test_what_nobody_holds_is_forgotten():
    program = network()
    kept = [weakref.ref(item) for item in program.instructions]
    kept += [weakref.ref(item) for item in prune(program).program.instructions]
    del program
    gc.collect()
    assert not [held for held in kept if held() is not None]
