"""Lines through functions of 16-bit values, and values of their own where those do not do."""

import numpy as np
import pytest

from tinyml_studio.arith.inttype import INT16, IntType
from tinyml_studio.lower.tables.piecewise import pieces
from tinyml_studio.program.program import QuantizedTensor

X = np.arange(-(2**15), 2**15)
FUNCTIONS = {
    "line": (lambda x: 0.5 * x, 4.0),
    "tanh": (np.tanh, 1.0),
    "hard sigmoid": (lambda x: np.clip(x / 6 + 0.5, 0, 1), 1.0),
    "hard swish": (lambda x: x * np.clip(x / 6 + 0.5, 0, 1), 8.0),
    "step": (lambda x: np.where(x > 0.3, 1.0, -1.0), 1.0),
    "pole": (lambda x: 1 / np.sqrt(x), 90.0),
    "square": (np.square, 64.0),
}


def made(function, reach, bits=16, zero=0):
    source = QuantizedTensor("x", (1,), INT16, float(np.float32(8.0 / 2**15)), 0)
    kind = IntType(bits)
    output = QuantizedTensor("y", (1,), kind, float(np.float32(reach / kind.max)), zero)
    return pieces(function, source=source, output=output), source, output


def found(held):
    """The integer of every input, one by one from the definition."""
    line, along = np.divmod(X + 2**15, 2**held.shift)
    table = held.table.astype(np.int64)
    lines = table[line] + (((table[line + 1] - table[line]) * along + 2**held.shift // 2)
                           // 2**held.shift)  # fmt: skip
    page = held.page[line]
    values = np.concatenate([np.zeros((1, 2**held.shift), np.int64), held.values])
    return np.where(page > 0, values[page, along], lines)


@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_value_is_a_whole_step_from_the_function(name, bits):
    function, reach = FUNCTIONS[name]
    held, source, output = made(function, reach, bits)
    with np.errstate(all="ignore"):
        real = function((X.astype(np.float32) * np.float32(source.scale)).astype(float))
        steps = np.nan_to_num(real / output.scale, nan=0.0)
    wanted = np.clip(steps, output.type.min, output.type.max)
    assert np.abs(found(held) - wanted).max() < 1
    assert np.abs(found(held) - np.rint(wanted)).max() <= 1
    assert len(held.table) - 1 == len(held.page) == 2 ** (16 - held.shift)


def test_what_bends_nowhere_has_no_values_of_its_own():
    held, *_ = made(*FUNCTIONS["line"])
    assert held.shift == 7
    assert not held.page.any()
    assert held.values.size == 0


def test_tables_stay_small():
    sizes = {name: made(*FUNCTIONS[name])[0].nbytes for name in FUNCTIONS}
    assert max(sizes.values()) < 8000
    assert sizes["hard sigmoid"] < sizes["hard swish"] < sizes["tanh"]
