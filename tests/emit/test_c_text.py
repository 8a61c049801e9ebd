import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.c.compilers import run_main
from tinyml_studio.emit.c_text import (
    array,
    block_comment,
    comment_text,
    fitted,
    hint,
    integer,
    prefix_of,
    real,
    wrap,
)

HOSTILE = [
    "*/ int main(void) { for(;;); } /*",
    'quote " and \\',
    "??/\nint x;",
    "line\nbreak\r\nand\ttab",
    "for",
    "int8_t",
    "linux",
    "1st layer",
    "",
    "   ",
    "模型",
    "\u202egnp.exe",
    "a" * 10_000,
    "\udcff\x00",
    "%s%n",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_prefix_is_an_identifier(text):
    prefix = prefix_of(text)
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", prefix)
    assert len(prefix) <= 31


@given(st.text())
def test_any_prefix_is_an_identifier(text):
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,30}", prefix_of(text))


@pytest.mark.parametrize("name", ["kws", "KWS", "person_detect_v2", "x"])
def test_a_good_prefix_stays(name):
    assert prefix_of(name) == name


def test_long_prefixes_stay_apart():
    assert prefix_of("a" * 50 + "1") != prefix_of("a" * 50 + "2")


@given(st.text())
def test_hint_is_harmless(text):
    assert re.fullmatch(r"([a-z0-9][a-z0-9_]{0,19})?", hint(text))


@given(st.text(alphabet="*/\\?ab\n\u202e\x00é ") | st.text())
def test_comment_text_cannot_leave_its_comment(text):
    safe = comment_text(text)
    assert re.fullmatch(r"[ -~]*", safe)
    assert len(safe) <= 72
    assert not re.search(r"\*/|/\*|\\|\?\?", f"{safe}")


@pytest.mark.parametrize("text", ["*", "/", "a/", "*a", "/*/", "*/*"])
def test_comment_text_is_safe_beside_its_delimiters(text):
    comment = block_comment([f'"{comment_text(text)}"', comment_text(text)])
    assert comment.count("*/") == 1
    assert comment.count("/*") == 1


def test_plain_text_stays():
    assert comment_text("conv_1 (3 x 3), stride 2") == "conv_1 (3 x 3), stride 2"


def test_wrap_keeps_to_the_width():
    text = wrap(map(str, range(1000)), width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert [int(word) for word in text.replace(",", " ").split()] == list(range(1000))


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (-(2**31), "int32_t"),
        (2**31 - 1, "int32_t"),
        (-(2**63), "int64_t"),
        (-(2**31), "int64_t"),
        (2**32 - 1, "uint32_t"),
    ],
)
def test_integers_read_back_in_c(value, type_, tmp_path):
    text = array(f"static const {type_} a[1]", [value], type_)
    (tmp_path / "a.c").write_text(
        f"#include <stdint.h>\n#include <stdio.h>\n{text}"
        'int main(void) { printf("%lld\\n", (long long)a[0]); return 0; }\n'
    )
    flags = ["-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
    assert int(run_main(tmp_path, ["a.c"], *flags)) == value


@given(st.floats(width=32, min_value=2.0**-140, max_value=2.0**100))
def test_real_reads_back(value):
    text = real(value)
    assert text.endswith("f")
    assert float(text[:-1]) == value
    assert "." in text or "e" in text


def test_long_lines_go_on_behind_a_comma():
    code = "    call(" + ", ".join(["argument"] * 40) + ");\n}\n"
    text = fitted(code)
    assert max(map(len, text.splitlines())) <= 100
    assert text.replace("\n            ", " ") == code


def test_smallest_integer_is_an_expression():
    assert integer(-(2**31)) == "-2147483647 - 1"
