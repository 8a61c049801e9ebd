import pytest

from tinyml_studio.gui.states.layers import (
    COLUMNS,
    NO_BITS,
    BitsCell,
    Column,
    LayerRow,
    LayersState,
    bar_share,
    bits_of_key,
    column_widths,
    settable,
    with_same_rows,
)


def row(key, **changes):
    held = {"weight": BitsCell(8, (8, 4)), "activation": BitsCell(8, (16, 8, 4))}
    return LayerRow(key, key, "Conv", "1", 1, 1, **(held | changes))


@pytest.mark.parametrize("available", [10, 60, 75, 90, 120, 300])
def test_the_most_important_columns_always_fit(available):
    widths = column_widths(available)
    assert {Column.NAME, Column.WEIGHT_BITS, Column.ACTIVATION_BITS, Column.CUMULATIVE} <= set(
        widths
    )
    if available >= 60:
        assert sum(widths.values()) <= available + 1e-9


def test_a_wide_table_shows_all_columns_and_fills_its_width():
    widths = column_widths(200)
    assert tuple(widths) == tuple(COLUMNS)
    assert sum(widths.values()) == pytest.approx(200)


@pytest.mark.parametrize(
    ("column", "key", "bits"),
    [(Column.WEIGHT_BITS, "1", 1), (Column.WEIGHT_BITS, "8", 8), (Column.WEIGHT_BITS, "9", None),
     (Column.ACTIVATION_BITS, "1", 16), (Column.ACTIVATION_BITS, "4", 4),
     (Column.ACTIVATION_BITS, "5", None), (Column.NAME, "4", None), (Column.WEIGHT_BITS, "", None)],
)  # fmt: skip
def test_what_a_digit_means(column, key, bits):
    assert bits_of_key(column, key) == bits


def test_only_layers_that_can_take_the_width_are_changed():
    rows = [row("a"), row("b", weight=NO_BITS), row("c", weight=BitsCell(8, (8,)))]
    assert settable(rows, Column.WEIGHT_BITS, 4) == ("a",)
    assert settable(rows, Column.NAME, 4) == ()


@pytest.mark.parametrize(
    ("value", "share"),
    [(None, 0), (-5, 0), (30, 0.5), (90, 1), (float("inf"), 1), (float("nan"), 0)],
)
def test_bars_stay_in_their_track(value, share):
    assert bar_share(value) == share


@pytest.mark.parametrize(
    ("alone", "so_far", "suspect"),
    [(30, 9.9, True), (10, 10, False), (None, None, False)],
)
def test_below_ten_decibels_is_suspect(alone, so_far, suspect):
    assert row("a", isolated=alone, cumulative=so_far).is_suspect is suspect


def test_rows_that_say_the_same_stay_the_very_same():
    before = LayersState((row("a"), row("b"), row("c")))
    after = LayersState((row("a"), row("b", isolated=3.0), row("d")), pending=True)
    merged = with_same_rows(after, before)
    assert merged == after
    assert merged.rows[0] is before.rows[0]
    assert merged.rows[1].isolated == 3.0
    assert [held.key for held in merged.rows] == ["a", "b", "d"]
