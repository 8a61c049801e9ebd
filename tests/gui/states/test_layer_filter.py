"""The filter of the table, without a table."""

import pytest

from tinyml_studio.gui.states.layer_filter import matches
from tinyml_studio.gui.states.layers import NO_BITS, BitsCell, LayerRow

CONV = LayerRow(
    "net/conv", "conv", "Conv 3×3", "4", 9, 9, BitsCell(4, (4, 8)), BitsCell(8), "channel",
    20.0, 8.5, 0.02, spare_bits=1,
)  # fmt: skip
ADD = LayerRow("net/add", "add", "Add", "4", 0, 0, NO_BITS, BitsCell(8), "", 40.0, 30.0, 0.0)
NEW = LayerRow("net/new", "new", "Conv 1×1", "4", 0, 0, BitsCell(8), BitsCell(16))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("conv", ["conv", "new"]), ("CONV 3", ["conv"]), ("net/", ["conv", "add", "new"]),
        ("<10 dB", ["conv"]), ("<10", ["conv"]), (">20dB", ["add"]), (">1 %", ["conv"]),
        ("w4", ["conv"]), ("a16", ["new"]), ("risk", ["conv"]), ("conv >100 dB", []),
        ("a8 add", ["add"]),
    ],
)  # fmt: skip
def test_words_widths_and_figures(text, names):
    test = matches(text)
    assert [row.name for row in (CONV, ADD, NEW) if test(row)] == names


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_filter_shows_all(text):
    assert matches(text) is None
