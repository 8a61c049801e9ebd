"""Text on a terminal."""

import math

import pytest

from tinyml_studio.cli import text


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("conv_1", "conv_1"),
        ("größe 大", "größe 大"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\nb", "a\\nb"),
        ("\udcff", "\\udcff"),
    ],
)
def test_names_cannot_control_the_terminal(name, shown):
    assert text.plain(name) == shown


def test_an_error_is_one_line():
    assert text.one_line("first\n  second\r\nthird") == "first second third"


def test_columns_are_aligned():
    lines = text.table(("name", "n"), [("a", "1"), ("bcdefg", "100")], left=1).splitlines()
    assert lines == ["name      n", "a         1", "bcdefg  100"]


def test_long_names_keep_both_ends():
    shown = text.elided("model/" + "x" * 100 + "/conv2d_17", 30)
    assert len(shown) == 30
    assert shown.startswith("model/")
    assert shown.endswith("/conv2d_17")


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "-"), (math.nan, "-"), (math.inf, "exact"), (31.25, "31.2")]
)
def test_decibels(value, shown):
    assert text.decibel(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(None, "-"), (0.905, "90.50 %")])
def test_percent(value, shown):
    assert text.percent(value) == shown


@pytest.mark.parametrize(("value", "shown"), [((3, 4), "3x4"), ((), "scalar"), (None, "?")])
def test_shapes(value, shown):
    assert text.shape(value) == shown
