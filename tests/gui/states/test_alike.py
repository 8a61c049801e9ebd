from dataclasses import dataclass

import numpy as np
import pytest

from tinyml_studio.gui.states.alike import alike


@dataclass(frozen=True, eq=False)
class Inner:
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Outer:
    name: str
    inner: Inner | None


def state(name="a", values=(1.0, 2.0)):
    return Outer(name, None if values is None else Inner(np.array(values)))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (state(), True),
        (state("b"), False),
        (state(values=(1.0, 3.0)), False),
        (state(values=(1.0,)), False),
        (state(values=None), False),
        (None, False),
        (np.zeros(2), False),
    ],
)
def test_states_are_alike_where_all_within_them_is(other, expected):
    assert alike(state(), other) is expected
    assert alike(other, state()) is expected
