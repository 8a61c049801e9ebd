"""The filter of the table: words, widths such as ``w4``, errors such as ``<10 dB``, ``risk``."""

from __future__ import annotations

import re
from collections.abc import Callable

from tinyml_studio.gui.states.layers import LayerRow

Test = Callable[[LayerRow], bool]
EXAMPLE = "Filter: conv, <10 dB, w4, risk"
ABOUT = (
    "Shows the layers that match every word: part of a name or operator, w4 or a8 for a width, "
    "<10 dB or >30 dB for the SQNR so far, >1 % for what is clipped, risk for an accumulator that "
    "is nearly full."
)
_FIGURE = re.compile(r"([<>])\s*(\d+(?:[.,]\d+)?)\s*(db|%)?", re.IGNORECASE)
_WIDTH = re.compile(r"([wa])(\d{1,2})", re.IGNORECASE)


def matches(text: str) -> Test | None:
    """The test that a filter means; None for an empty one, which shows all."""
    tests = [_figure(found) for found in _FIGURE.finditer(text)]
    words = _FIGURE.sub(" ", text).split()
    tests += [_word(word) for word in words]
    return (lambda row: all(test(row) for test in tests)) if tests else None


def _figure(found: re.Match[str]) -> Test:
    sign, limit = found[1], float(found[2].replace(",", "."))
    is_share = found[3] == "%"

    def test(row: LayerRow) -> bool:
        value = row.clipped if is_share else row.cumulative
        if value is None:
            return False
        shown = value * 100 if is_share else value
        return shown < limit if sign == "<" else shown > limit

    return test


def _word(word: str) -> Test:
    width = _WIDTH.fullmatch(word)
    if width is not None:
        bits, is_weight = int(width[2]), width[1].lower() == "w"
        return lambda row: (row.weight if is_weight else row.activation).bits == bits
    if word.lower() == "risk":
        return lambda row: row.is_risky or row.is_suspect or bool(row.problem)
    part = word.lower()
    return lambda row: part in f"{row.name}\n{row.key}\n{row.operator}".lower()
