"""Float32 steps in integers, in C, against exact fractions at the edges, under the sanitizers."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from tests.c.compilers import run_main
from tests.reference.arithmetic import clamp, float32, mbqm
from tinyml_studio.arith.float32 import Real
from tinyml_studio.paths import resource

INT32 = (-(2**31), 2**31 - 1)
EDGES = sorted({s * (2**k + d) for k in range(0, 31, 2) for d in (-1, 0, 1) for s in (1, -1)})
WIDE = [s * (2**k + d) for k in (24, 25, 39, 46) for d in (-1, 0, 1, 3 << 12) for s in (1, -1)]
MANTISSAS = [0, 2**30, 2**30 + 128, 3 << 29, 2**31 - 128, 1518500352]
REALS = [0.0, 1.0, -1.0, 0.5, 1.5, -2.5, 16777215.0, 3.0e-7, 1.0 + 2.0**-23, -0.1, 1 / 3, 2.0**40]


def evaluate(folder, expressions: list[str], rows: list[tuple[int, ...]], *flags: str):
    """Values of C expressions of a, b, c, d for many arguments: a tuple for each row."""
    table = ",\n".join("{" + ", ".join(f"{value}LL" for value in row) + "}" for row in rows)
    prints = "".join(f'printf("%lld ", (long long)({text}));' for text in expressions)
    (folder / "main.c").write_text(f"""
#include <stdio.h>
#include "{resource("c", "float32.c")}"
static const long long rows[][4] = {{{table}}};
int main(void) {{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {{
        const long long a = rows[i][0], b = rows[i][1], c = rows[i][2], d = rows[i][3];
        const tms_real_t x = {{(int32_t)a, (int32_t)b}}, y = {{(int32_t)c, (int32_t)d}};
        (void)x; (void)y;
        {prints}
        printf("\\n");
    }}
    return 0;
}}
""")
    checks = flags or ("-O1", "-fsanitize=undefined", "-fno-sanitize-recover=all")
    lines = run_main(folder, ["main.c"], "-std=c99", *checks).splitlines()
    return [tuple(map(int, line.split())) for line in lines]


def near_ties() -> list[tuple[int, int, int]]:
    """Accumulators next to those whose product is a tie, exactly or after it was rounded."""
    rows = []
    for mantissa, shift in itertools.product(MANTISSAS[1:], (-3, -4, -7, -9, -20)):
        factor = mantissa * 2.0 ** (shift - 31)
        for level in (0, 1, 2, 7, 63, 127, 128):
            middle = round((level + 0.5) / factor)
            rows += [(sign * (middle + d), mantissa, shift) for d in (-1, 0, 1) for sign in (1, -1)]
    return [row for row in rows if abs(row[0]) < 2**31]


def test_multiply_is_the_rule_at_the_edges_and_next_to_ties(tmp_path):
    grid = itertools.product([*INT32, *EDGES], MANTISSAS, (-31, -30, -9, -3, -2, -1, 0, 1, 8, 30))
    rows = [(*row, 0) for row in (*grid, *near_ties())]
    call = "tms_multiply_float32((int32_t)a, (int32_t)b, (int32_t)c)"
    got = evaluate(tmp_path, [f"tms_clamp({call}, -65536, 65535)"], rows)
    for (value, mantissa, shift, _), (result,) in zip(rows, got, strict=True):
        expected = clamp(mbqm(value, mantissa, shift, "float32"), -65536, 65535)
        assert result == expected, (value, mantissa, shift)


def test_multiply_takes_accumulators_of_48_bits(tmp_path):
    rows = [(*row, 0) for row in itertools.product(WIDE, MANTISSAS, (-48, -40, -31, -25, -10, 0))]
    call = "tms_multiply_wide_float32((uint64_t)a, (int32_t)b, (int32_t)c)"
    got = evaluate(tmp_path, [f"tms_clamp_wide({call}, -65536, 65535)"], rows)
    for (value, mantissa, shift, _), (result,) in zip(rows, got, strict=True):
        assert result == clamp(mbqm(value, mantissa, shift, "float32"), -65536, 65535)


@pytest.mark.parametrize("flags", [(), ("-O3", "-ffast-math")], ids=["sanitized", "fast math"])
def test_sum_product_and_quotient_are_those_of_float32(flags, tmp_path):
    pairs = [
        (Real.of(float(np.float32(p))), Real.of(float(np.float32(q))))
        for p, q in itertools.product([*REALS, 2.0**-60, -(2.0**-25), 12345.678], repeat=2)
    ]
    rows = [(*p, *q) for p, q in pairs]
    made = "tms_real_sum(a, (int32_t)b, c, (int32_t)d)", "tms_real_product(x, y)"
    texts = [f"{call}.{part}" for call in made for part in ("mantissa", "exponent")]
    got = evaluate(tmp_path, texts, rows, *flags)
    for (p, q), (sum_, sum_exponent, product, product_exponent) in zip(pairs, got, strict=True):
        first, second = (Fraction(m) * Fraction(2) ** e for m, e in (p, q))
        assert sum_ * Fraction(2) ** sum_exponent == float32(first + second)
        assert product * Fraction(2) ** product_exponent == float32(first * second)
    positive = [(p, q) for p, q in pairs if q.mantissa > 0]
    texts = [f"tms_real_quotient(x, y).{part}" for part in ("mantissa", "exponent")]
    got = evaluate(tmp_path, texts, [(*p, *q) for p, q in positive], *flags)
    for (p, q), (mantissa, exponent) in zip(positive, got, strict=True):
        ratio = Fraction(p.mantissa, q.mantissa) * Fraction(2) ** (p.exponent - q.exponent)
        assert mantissa * Fraction(2) ** exponent == float32(ratio)


def test_a_compiler_without_the_count_of_leading_zeros_gets_a_loop(tmp_path):
    text = resource("c", "float32.c").read_text().replace("defined(__GNUC__)", "defined(NEVER)")
    for name in ("template.h", "arithmetic.c"):
        (tmp_path / name).write_text(resource("c", name).read_text())
    (tmp_path / "float32.c").write_text(text)
    (tmp_path / "main.c").write_text(
        '#include "float32.c"\n#include <stdio.h>\nint main(void) {\n'
        "for (uint32_t i = 0u; i < 64u; i++)\n"
        "    if (tms_bit_length((uint64_t)1 << i) != i + 1u) return 1;\n"
        'puts(tms_bit_length(0u) == 0u ? "ok" : "wrong"); return 0; }\n'
    )
    assert run_main(tmp_path, ["main.c"], "-std=c99").strip() == "ok"
