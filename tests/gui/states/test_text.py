import math

import pytest

from tinyml_studio.gui.states import text


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("conv2d_1", "conv2d_1"),
        ("a\nb\tc", "a b c"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("safe\u202egnp.exe", "safegnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("<img src=x>", "<img src=x>"),
        ("\ud800", ""),
        ("größe", "größe"),
    ],
)
def test_clean_keeps_what_can_be_read_and_drops_what_deceives(raw, shown):
    assert text.clean(raw) == shown


def test_clean_cuts_a_name_of_a_million_letters():
    assert len(text.clean("x" * 1_000_000)) == 200


@pytest.mark.parametrize("limit", [2, 3, 7, 10])
def test_elided_keeps_both_ends(limit):
    cut = text.elided("abcdefghijklmnop", limit=limit)
    assert len(cut) == limit
    assert cut[0] == "a"
    assert "…" in cut


def test_a_tip_shows_markup_literally():
    assert "&lt;b&gt;" in text.plain_tip("<b>")
    assert text.plain_tip("") == ""


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0"), (640, "640"), (999, "999"), (999.6, "1.00 k"), (36_900, "36.9 k"),
     (2_360_000, "2.36 M"), (1.2e9, "1.20 G"), (123_456_789, "123 M")],
)  # fmt: skip
def test_counts_have_three_figures_and_a_unit(count, shown):
    assert text.short_count(count) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(17.34, "17.3 dB"), (-6.66, "−6.7 dB"), (math.inf, "∞"), (None, "–"), (math.nan, "–")],
)
def test_decibels(value, shown):
    assert text.decibel(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0.0, "0.0 %"), (0.003, "0.3 %"), (1e-6, "<0.1 %"), (1.0, "100.0 %"), (None, "–")],
)
def test_a_small_share_is_not_rounded_to_none(share, shown):
    assert text.percent(share) == shown


@pytest.mark.parametrize(
    ("difference", "shown"), [(-0.013, "−1.3 pt"), (0.02, "+2.0 pt"), (0.0, "±0.0 pt")]
)
def test_points_carry_a_sign(difference, shown):
    assert text.points(difference) == shown


@pytest.mark.parametrize(
    ("value", "shown"), [(0.012344, "0.01234"), (3.4e38, "3.4e38"), (-1e-45, "−1e−45")]
)
def test_reals_are_written_as_people_write_them(value, shown):
    assert text.real(value) == shown


@pytest.mark.parametrize(
    ("sizes", "shown"), [((32, 32, 3), "32×32×3"), ((), "scalar"), (None, "?")]
)
def test_shapes(sizes, shown):
    assert text.shape(sizes) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (20.0, "a moment ago"),
        (119.0, "1 minute ago"),
        (2 * 3600 + 5, "2 hours ago"),
        (90_000.0, "1 day ago"),
        (-5.0, ""),
    ],
)
def test_how_long_something_is_past(seconds, shown):
    assert text.ago(seconds) == shown
