"""The width that integers take."""

from __future__ import annotations

import numpy as np
import pytest

from tinyml_studio.arith.inttype import IntType, width_of


@pytest.mark.parametrize("bits", range(2, 17))
def test_the_width_of_integers_is_the_narrowest_type_that_holds_them(bits):
    kind = IntType(bits)
    assert width_of(np.array([kind.min, kind.max])) == bits
    assert width_of(np.array([0, kind.max + 1])) == bits + 1
    assert width_of(np.array([kind.min - 1.0, 0.0])) == bits + 1


def test_nothing_takes_one_bit():
    assert width_of(np.array([], np.int8)) == 1
