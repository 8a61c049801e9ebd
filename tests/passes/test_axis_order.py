from itertools import permutations
from math import prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinyml_studio.passes.axis_order import (
    compose,
    inverse,
    moves_units_only,
    reshape_before,
    unit_order,
)

SIZES = st.lists(st.sampled_from([1, 1, 2, 3, 4, 6]), min_size=1, max_size=4)


@st.composite
def transposed_and_reshaped(draw):
    shape = tuple(draw(SIZES))
    perm = tuple(draw(st.permutations(range(len(shape)))))
    moved = [shape[axis] for axis in perm]
    target = []
    for size in moved:
        parts = draw(st.sampled_from([[size], [size], [1, size], [2, size // 2], [size, 1]]))
        target += parts if prod(parts) == size else [size]
    if len(target) > 1 and draw(st.booleans()):
        at = draw(st.integers(0, len(target) - 2))
        target[at : at + 2] = [target[at] * target[at + 1]]
    return shape, perm, tuple(target)


@given(st.permutations(range(4)), st.permutations(range(4)))
def test_compose_and_inverse_are_those_of_numpy(first, second):
    values = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    both = values.transpose(first).transpose(second)
    np.testing.assert_array_equal(values.transpose(compose(tuple(first), tuple(second))), both)
    assert compose(tuple(first), inverse(tuple(first))) == (0, 1, 2, 3)


@given(transposed_and_reshaped())
def test_a_reshape_moved_before_a_transposition_gives_the_same(case):
    shape, perm, target = case
    swapped = reshape_before(shape, perm, target)
    values = np.arange(prod(shape)).reshape(shape)
    want = values.transpose(perm).reshape(target)
    if swapped is not None:
        np.testing.assert_array_equal(values.reshape(swapped[0]).transpose(swapped[1]), want)


@pytest.mark.parametrize(
    ("shape", "perm", "target", "want"),
    [
        ((4, 5, 3), (2, 0, 1), (3, 20), ((20, 3), (1, 0))),
        ((4, 5, 3), (2, 0, 1), (60,), None),
        ((1, 1, 8), (2, 0, 1), (8,), ((8,), (0,))),
        ((7, 3), (1, 0), (3, 1, 7), ((1, 7, 3), (2, 0, 1))),
        ((4, 4, 6), (2, 0, 1), (2, 3, 4, 4), ((4, 4, 2, 3), (2, 3, 0, 1))),
    ],
)
def test_a_reshape_moves_where_runs_of_axes_stay_together(shape, perm, target, want):
    assert reshape_before(shape, perm, target) == want


def test_unit_moves_are_recognised():
    shape = (1, 3, 1, 2)
    values = np.arange(6).reshape(shape)
    for perm in permutations(range(4)):
        in_order = (values.transpose(perm).ravel() == values.ravel()).all()
        assert moves_units_only(shape, perm) == in_order
    order = unit_order((49, 10, 1), (1, 49, 10))
    assert order == (2, 0, 1)
    assert unit_order((2, 3), (3, 2)) is None
    assert unit_order((2, 3), (2, 1, 3)) is None
