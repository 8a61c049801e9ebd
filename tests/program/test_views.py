"""Concats and Slices that move nothing, because their tensors lie one in the other."""

import numpy as np
import pytest

from tests.program.test_arena import add, check_by_running, cut, join, move, program_of, requantize
from tinyml_studio.program.arena import plan_arena
from tinyml_studio.program.instructions import Concat, Slice
from tinyml_studio.program.views import is_view, moved_bytes


def views(program):
    plan = plan_arena(program)
    check_by_running(program, plan)
    return [is_view(program, item, plan.offsets) for item in program.instructions], plan


def test_the_parts_of_a_concat_lie_in_its_output():
    program = program_of(
        {"x": 64, "a": 32, "b": 16, "y": 48}, [move("x", "a"), move("x", "b"), join("y", "a", "b")]
    )
    found, plan = views(program)
    assert found == [False, False, True]
    assert plan.offsets["b"] - plan.offsets["a"] == 32
    assert plan.size == 64 + 48


def test_a_slice_lies_in_its_source():
    program = program_of(
        {"x": 64, "a": 32, "b": 32, "y": 32},
        [cut("x", "a", 0, 32), cut("x", "b", 32, 32), add("a", "b", "y")],
    )
    found, plan = views(program)
    assert found == [True, True, False]
    assert plan.size == 64


def test_concats_of_concats_are_views():
    program = program_of(
        {"x": 64, "a": 32, "b": 16, "c": 48, "d": 16, "y": 64},
        [move("x", "a"), move("x", "b"), join("c", "a", "b"), move("x", "d"), join("y", "c", "d")],
    )
    found, _ = views(program)
    assert found == [False, False, True, False, True]


@pytest.mark.parametrize(
    "steps",
    [
        [move("x", "a"), join("y", "a", "a")],
        [move("x", "a"), join("y", "a", "k")],
        [requantize("x", "w"), requantize("w", "a"), join("y", "a", "x")],
        [cut("x", "a", 0, 16), join("y", "a", "x")],
    ],
    ids=["twice", "constant", "in place of a wider one", "part of another"],
)
def test_parts_that_cannot_lie_in_the_output_are_copied(steps):
    sizes = {"x": 18, "a": 18, "k": 18, "w": 18, "y": 36}
    names = {step.output for step in steps} | {"x", "k"}
    if isinstance(steps[0], Slice):
        sizes |= {"a": 16, "y": 34}
    held = {name: size for name, size in sizes.items() if name in names}
    program = program_of(held, steps, bits={"w": 16}, constants=["k"])
    found, _ = views(program)
    assert found[-1] is False


def test_views_never_cost_memory():
    # the first part would reserve the whole output while the large one lives
    program = program_of(
        {"x": 16, "a": 16, "w": 400, "v": 400, "b": 400, "y": 416},
        [move("x", "a"), move("a", "w"), move("w", "v"), move("v", "b"), join("y", "a", "b")],
    )
    _, plan = views(program)
    assert plan.size <= 16 + 400 + 416


@pytest.mark.parametrize(
    ("shape", "starts", "sizes", "steps", "expected"),
    [
        ((4, 8), (1, 0), (2, 8), (1, 1), (8,)),
        ((4, 8), (1, 0), (2, 4), (1, 1), None),
        ((4, 8), (2, 4), (1, 4), (1, 1), (20,)),
        ((1, 8), (0, 4), (1, 4), (1, 1), (4,)),
        ((4, 8), (0, 0), (2, 8), (2, 1), None),
        ((4, 8), (3, 0), (2, 8), (-1, 1), None),
        ((4, 6), (1, 0), (2, 6), (1, 1), None),
    ],
)
def test_where_a_slice_lies(shape, starts, sizes, steps, expected):
    item = Slice("y", ("x",), "y", starts=starts, sizes=sizes, steps=steps)
    program = program_of({"x": shape, "y": sizes}, [item])
    assert moved_bytes(program, item) == expected
    if expected:
        values = np.arange(np.prod(shape)).reshape(shape)
        ends = [a + n * s for a, n, s in zip(starts, sizes, steps, strict=True)]
        part = values[tuple(map(slice, starts, ends, steps))].reshape(-1)
        assert (part == np.arange(part.size) + expected[0]).all()


@pytest.mark.parametrize(
    ("first", "second", "axis", "expected"),
    [
        ((2, 4), (3, 4), 0, (0, 8)),
        ((1, 4), (1, 8), 1, (0, 4)),
        ((2, 4), (2, 8), 1, None),
        ((1, 1, 8), (1, 2, 8), 1, (0, 8)),
        ((1, 3), (1, 3), 1, None),
    ],
)
def test_where_the_parts_of_a_concat_lie(first, second, axis, expected):
    item = Concat("y", ("x", "z"), "y", axis=axis)
    whole = [
        a + b if place == axis else a
        for place, (a, b) in enumerate(zip(first, second, strict=True))
    ]
    program = program_of({"x": first, "z": second, "y": tuple(whole)}, [item], inputs="xz")
    assert moved_bytes(program, item) == expected
