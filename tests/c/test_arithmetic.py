"""The arithmetic in C against the exact integers, at the edges, under the sanitizers."""

import itertools

import numpy as np
import pytest

from tests.c.compilers import run_main
from tinyml_studio.arith.fixed_point import (
    multiply_by_quantized_multiplier,
    multiply_by_reduced_multiplier,
    reduce_multiplier,
    rounding_divide_by_pot,
)
from tinyml_studio.arith.rounding import Rounding, divide, drop_bits
from tinyml_studio.paths import resource

INT32 = (-(2**31), 2**31 - 1)
EDGES = sorted({s * (2**k + d) for k in range(0, 31, 3) for d in (-1, 0, 1) for s in (1, -1)})
VALUES = [v for v in (*INT32, *EDGES) if INT32[0] <= v <= INT32[1]]
MANTISSAS = [0, 1, 2**29 + 12345, 2**30, 2**30 + 1, 3 << 29, 2**31 - 1]
NEAR_TIES = [k * 2**14 + d for k in range(-9, 10) for d in (-1, 0, 1)]
ONE_STEP = [item for item in Rounding if item not in (Rounding.DOUBLE, Rounding.FLOAT32)]
WIDE = [s * (2**k + d) for k in (0, 15, 31, 46) for d in (-1, 0, 1) for s in (1, -1)]


def evaluate(
    folder,
    result: str,
    expression: str,
    rows: list[tuple[int, ...]],
    source: str = "arithmetic.c",
) -> list[int]:
    """Values of a C expression of a, b, c for many arguments."""
    table = ",\n".join(f"{{{a}LL, {b}LL, {c}LL}}" for a, b, c in rows)
    (folder / "main.c").write_text(f"""
#include <stdio.h>
#include "{resource("c", source)}"
static const long long rows[][3] = {{{table}}};
int main(void) {{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {{
        const long long a = rows[i][0], b = rows[i][1], c = rows[i][2];
        (void)b; (void)c;
        {result} value = {expression};
        printf("%lld\\n", (long long)value);
    }}
    return 0;
}}
""")
    flags = ["-std=c99", "-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all"]
    return [int(line) for line in run_main(folder, ["main.c"], *flags).split()]


def test_multiply_is_exact_and_saturates_left_shifts(tmp_path):
    rows = list(itertools.product(VALUES, MANTISSAS, (-31, -30, -7, -1, 0, 1, 8, 30)))
    got = evaluate(tmp_path, "int32_t", "tms_multiply((int32_t)a, (int32_t)b, (int32_t)c)", rows)
    for (value, mantissa, shift), result in zip(rows, got, strict=True):
        shifted = max(INT32[0], min(INT32[1], value << max(shift, 0)))
        expected = multiply_by_quantized_multiplier(shifted, mantissa, min(shift, 0))
        assert result == expected, (value, mantissa, shift)


def test_leading_zeros(tmp_path):
    rows = [(2**k + more, 0, 0) for k in range(32) for more in (0, 2**k - 1, 2**k // 3)]
    got = evaluate(
        tmp_path, "uint32_t", "tms_leading_zeros((uint32_t)a)", rows, source="leading_zeros.c"
    )
    assert got == [32 - row[0].bit_length() for row in rows]


def test_rounding_shift_rounds_ties_away_from_zero(tmp_path):
    rows = [(value, shift, 0) for value in VALUES for shift in range(32)]
    got = evaluate(tmp_path, "int32_t", "tms_rounding_shift((int32_t)a, (uint32_t)b)", rows)
    assert got == [rounding_divide_by_pot(value, shift) for value, shift, _ in rows]


@pytest.mark.parametrize(
    ("function", "top", "values"),
    [("tms_floor_shift", 32, VALUES), ("tms_floor_shift_wide", 64, WIDE)],
)
def test_floor_shift_is_python_s(tmp_path, function, top, values):
    rows = [(value, shift, 0) for value in values for shift in range(top)]
    type_ = "int32_t" if top == 32 else "int64_t"
    got = evaluate(tmp_path, type_, f"{function}(({type_})a, (uint32_t)b)", rows)
    assert got == [value >> shift for value, shift, _ in rows]


@pytest.mark.parametrize("rounding", ONE_STEP)
def test_one_rounding_drops_and_divides_as_the_rule(tmp_path, rounding):
    name = rounding.value.replace("-", "_")
    rows = [(v, bits, 0) for v in (*VALUES, *WIDE, *NEAR_TIES) for bits in (1, 2, 15, 31, 46, 62)]
    got = evaluate(tmp_path, "int64_t", f"tms_drop_{name}(a, (uint32_t)b)", rows)
    assert got == [drop_bits(value, bits, rounding) for value, bits, _ in rows]
    rows = [(v, d, 0) for v in (*VALUES, *range(-20, 21)) for d in (1, 2, 3, 4, 49, 2**30)]
    got = evaluate(tmp_path, "int32_t", f"tms_divide_{name}((int32_t)a, (int32_t)b)", rows)
    assert got == [divide(value, divisor, rounding) for value, divisor, _ in rows]


def test_requantize_wide_reduces_the_multiplier(tmp_path):
    mantissas = [m for m in MANTISSAS if m == 0 or m >= 2**29]
    rows = [
        (value, int(reduce_multiplier(m)), shift)
        for value, m, shift in itertools.product(WIDE, mantissas, (-31, -16, -1, 0, 7, 14))
    ]
    call = "tms_requantize_wide((uint64_t)a, (int32_t)b, (int32_t)c, -32768, 32767)"
    got = evaluate(tmp_path, "int32_t", call, rows)
    wanted = [
        multiply_by_reduced_multiplier(value, m, shift)
        for value, m, shift in itertools.product(WIDE, mantissas, (-31, -16, -1, 0, 7, 14))
    ]
    assert got == np.clip(wanted, -32768, 32767).tolist()
