"""The memory plan that a header prints: complete, and without overlaps."""

import re

from hypothesis import given, settings

from tests.c.merged import info
from tests.c.small import small_program
from tests.program.test_arena import chain, programs
from tests.program.test_arena_states import extended
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.memory_plan import MAX_ROWS, memory_plan, rows
from tinyml_studio.emit.scratch import plan_scratch
from tinyml_studio.program.arena import plan_arena
from tinyml_studio.program.instructions import Lstm
from tinyml_studio.program.lifetimes import tensor_lifetimes

ROW = re.compile(r"^ \* +(\d+) +(\d+)  (\d+)-(\d+) +(.+?)(?: = (.+))?$", re.MULTILINE)


def printed(program):
    plan = plan_arena(program)
    text = memory_plan(program, plan, plan_scratch(program, plan))
    found = [
        (int(offset), int(size), int(first), int(last), name, place or name)
        for offset, size, first, last, name, place in ROW.findall(text)
    ]
    return text, found


def check(found, arena):
    for number, (start, size, first, last, _, place) in enumerate(found):
        assert start + size <= arena
        for other, bytes_, begin, end, _, its_place in found[:number]:
            if place != its_place and first <= end and begin <= last:
                assert start + size <= other or other + bytes_ <= start


@given(program=programs())
@settings(max_examples=60, deadline=None)
def test_no_two_that_live_at_once_overlap(program):
    text, found = printed(program)
    assert len(found) == len(tensor_lifetimes(program))
    check(found, int(re.search(r"plan: (\d+) bytes", text)[1]))


def test_states_scratch_and_bounds_are_there():
    program, item = extended(Lstm, keeps_state=True)
    text, found = printed(program)
    states = [name for *_, name, _ in found if name.startswith("state ")]
    assert len(states) == len(item.states)
    assert f"{plan_arena(program).state_bytes} of them for states" in text
    check(found, int(re.search(r"plan: (\d+) bytes", text)[1]))


def test_the_header_states_arena_peak_and_bound():
    program = small_program()
    plan = plan_arena(program)
    header = c_header(program, info=info())
    assert f"Memory plan: {plan.size} bytes of arena" in header
    assert f"no plan takes less than {plan.lower_bound} bytes" in header
    full = max(plan.steps, key=lambda step: step.live_bytes)
    assert f'Peak: {full.live_bytes} bytes live at once in step 1, "{full.layer}"' in header


def test_a_long_network_prints_the_largest_only():
    program = chain(*range(100, 100 + 2 * MAX_ROWS))
    text, found = printed(program)
    assert len(found) == MAX_ROWS
    assert f"and {MAX_ROWS} smaller ones" in text
    assert min(size for _, size, *_ in found) == 100 + MAX_ROWS
    plan = plan_arena(program)
    assert len(rows(program, plan, plan_scratch(program, plan))) == 2 * MAX_ROWS
