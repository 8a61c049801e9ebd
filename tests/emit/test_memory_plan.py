"""The memory plan that a header prints: complete, and without overlaps."""

import re

import numpy as np
import pytest
from hypothesis import given, settings

from tests.c.merged import info
from tests.c.small import small_program
from tests.program.test_arena import chain, programs
from tests.program.test_arena_states import extended
from tinyml_studio.arith.inttype import INT8
from tinyml_studio.arith.profile import TFLM
from tinyml_studio.emit.firmware_plan import firmware_plan
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.memory_plan import MAX_ROWS, memory_plan, rows
from tinyml_studio.emit.overlaps import overlaps_of
from tinyml_studio.program.arena import ALIGNMENT
from tinyml_studio.program.instructions import Conv2D, DepthwiseConv2D, Lstm, MaxPool2D
from tinyml_studio.program.lifetimes import tensor_lifetimes
from tinyml_studio.program.program import Program, QuantizedTensor

ROW = re.compile(r"^ \* +(\d+) +(\d+)  (\d+)-(\d+) +(.+?)(?: = (.+?))?(?: ~ (.+))?$", re.MULTILINE)


def printed(program):
    planned = firmware_plan(program)
    text = memory_plan(program, planned.tensors, planned.scratch)
    found = [
        (int(offset), int(size), int(first), int(last), name, place or name, over)
        for offset, size, first, last, name, place, over in ROW.findall(text)
    ]
    return text, found


def check(found, arena, distances=None):
    """Nothing overlaps that lives at once, but for one place and as far as kernels allow."""
    for number, (start, size, first, last, name, place, over) in enumerate(found):
        assert start + size <= arena
        for other, bytes_, begin, end, its_name, its_place, its_over in found[:number]:
            if place == its_place or first > end or begin > last:
                continue
            apart = start + size <= other or other + bytes_ <= start
            if over == its_name and first == end:
                assert apart or other - start >= distances[name]
            elif its_over == name and begin == last:
                assert apart or start - other >= distances[its_name]
            else:
                assert apart


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
    assert f"{firmware_plan(program).tensors.state_bytes} of them for states" in text
    check(found, int(re.search(r"plan: (\d+) bytes", text)[1]))


def test_the_header_states_arena_peak_and_bound():
    program = small_program()
    plan = firmware_plan(program).tensors
    header = c_header(program, info=info())
    assert f"Memory plan: {plan.size} bytes of arena" in header
    assert f"No plan takes less than {plan.lower_bound} bytes" in header
    full = max(plan.steps, key=lambda step: step.live_bytes)
    assert f'Peak: {full.live_bytes} bytes live at once in step 1, "{full.layer}"' in header


def test_a_long_network_prints_the_largest_only():
    program = chain(*range(100, 100 + 2 * MAX_ROWS))
    text, found = printed(program)
    assert len(found) == MAX_ROWS
    assert f"and {MAX_ROWS} smaller ones" in text
    assert min(size for _, size, *_ in found) == 100 + MAX_ROWS
    planned = firmware_plan(program)
    assert len(rows(program, planned.tensors, planned.scratch)) == 2 * MAX_ROWS


def test_results_over_their_operands_keep_the_distance_of_their_kernels():
    program = windows_program()
    text, found = printed(program)
    distances = {name: one.distance for name, one in overlaps_of(program).items()}
    check(found, int(re.search(r"plan: (\d+) bytes", text)[1]), distances)
    over = {name: over.removeprefix("copy of ") for *_, name, _, over in found if over}
    assert over == {"a": "x", "b": "a", "y": "b"}
    nearer = {name: distance + ALIGNMENT for name, distance in distances.items()}
    with pytest.raises(AssertionError):
        check(found, 10**6, nearer)


def windows_program():
    """A convolution, a depthwise one and a pool, of which each result goes over its operand."""
    rng = np.random.default_rng(3)
    tensors = {
        name: QuantizedTensor(name, (40, 8, 5), INT8, 1 / 16, 3) for name in ("x", "a", "b", "y")
    }
    weighted = {
        "weight_type": INT8, "bias": np.zeros(5, np.int64), "strides": (1, 1), "low": -128,
        "dilations": (1, 1), "multiplier": np.full(5, 3 << 29, np.int32), "high": 127,
        "shift": np.full(5, -8, np.int32),
    }  # fmt: skip
    drawn = rng.integers(-128, 128, (5, 3, 3, 5)).astype(np.int8)
    items = (
        Conv2D("a", ("x",), "a", weights=drawn, groups=1, pads=((1, 1), (1, 1)), **weighted),
        DepthwiseConv2D("b", ("a",), "b", weights=drawn[0], pads=((1, 1), (1, 1)), **weighted),
        MaxPool2D(
            "y", ("b",), "y", kernel=(2, 2), strides=(1, 1), pads=((0, 1), (0, 1)), low=-128,
            high=127,
        ),
    )  # fmt: skip
    return Program("windows", TFLM, tensors, {}, ("x",), ("y",), items)
