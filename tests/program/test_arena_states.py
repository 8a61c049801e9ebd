"""States lie apart, before all else in the arena; other memory lives while its step runs."""

from dataclasses import replace

import numpy as np
import pytest

from tests.reference.cases import seeded_case
from tinyml_studio.program.arena import plan_arena
from tinyml_studio.program.instructions import Gru, Lstm, Reshape, StreamBuffer, Svdf


def extended(kind, *, seed=0, **changes):
    """A program of one instruction between two reshapes."""
    case = seeded_case(seed, kind)
    program = case.program
    item = replace(case.instruction, **changes)
    tensors = dict(program.tensors)
    for name in ("first", "last"):
        like = tensors[item.inputs[0] if name == "first" else item.output]
        tensors[name] = replace(like, name=name)
    items = (
        Reshape(layer="a", inputs=item.inputs, output="first"),
        replace(item, inputs=("first",)),
        Reshape(layer="b", inputs=(item.output,), output="last"),
    )
    return replace(program, tensors=tensors, instructions=items, outputs=("last",)), items[1]


@pytest.mark.parametrize(
    ("kind", "changes"), [(Lstm, {"keeps_state": True}), (Svdf, {}), (StreamBuffer, {})]
)
@pytest.mark.parametrize("alignment", [1, 16])
def test_states_share_with_nothing(kind, changes, alignment):
    program, item = extended(kind, **changes)
    plan = plan_arena(program, alignment=alignment)
    ends = [plan.offsets[name] + program.tensors[name].nbytes for name in item.states]
    assert max(ends) <= plan.state_bytes < plan.size
    others = set(plan.offsets) - set(item.states)
    assert min(plan.offsets[name] for name in others) >= plan.state_bytes
    assert all(plan.offsets[name] % alignment == 0 for name in plan.offsets)
    for step in plan.steps:
        assert set(item.states) <= set(step.live)
        assert step.live_bytes >= plan.state_bytes
    assert plan.size >= plan.lower_bound


def test_states_do_not_overlap():
    program, item = extended(Lstm, keeps_state=True)
    plan = plan_arena(program)
    places = np.zeros(plan.state_bytes, int)
    for name in item.states:
        places[plan.offsets[name] :][: program.tensors[name].nbytes] += 1
    assert places.max() == 1


@pytest.mark.parametrize(("kind", "changes"), [(Lstm, {"keeps_state": False}), (Gru, {})])
def test_memory_lives_only_in_its_step(kind, changes):
    program, item = extended(kind, **changes)
    plan = plan_arena(program)
    assert plan.state_bytes == 0
    own = set(item.memory)
    assert [own <= set(step.live) for step in plan.steps] == [False, True, False]
    busy = sum(program.tensors[name].nbytes for name in plan.steps[1].live)
    assert plan.steps[1].live_bytes <= busy <= plan.size
