"""Text for a terminal: aligned tables, numbers with units, nothing that could control it."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence

_NAME_WIDTH = 44


def plain(text: str) -> str:
    """The same with every character that is not printable written as its code.

    Names come from files of strangers: escape sequences and bidirectional controls in them must
    not reach the terminal.
    """
    return "".join(
        sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii")
        for sign in text
    )


def one_line(text: str) -> str:
    """The same on one line, printable."""
    return plain(" ".join(text.split()))


def elided(text: str, width: int) -> str:
    """The same, with its middle left out when it is wider than `width`."""
    if len(text) <= width:
        return text
    tail = (width - 1) * 2 // 3
    return f"{text[: width - 1 - tail]}…{text[-tail:]}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 2) -> str:
    """Rows in aligned columns, two spaces apart; the first `left` columns are flush left.

    On a terminal long names are shortened in their middle; a pipe gets them whole.
    """
    limit = _NAME_WIDTH if sys.stdout.isatty() else sys.maxsize
    cells = [[elided(plain(cell), limit) for cell in row] for row in (header, *rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        padded = [
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(padded).rstrip())
    return "\n".join(lines)


def shape(sizes: Sequence[int] | None) -> str:
    """A shape such as ``32x32x3``; ``?`` when unknown."""
    if sizes is None:
        return "?"
    return "x".join(map(str, sizes)) or "scalar"


def percent(share: float | None) -> str:
    """A share in percent; ``-`` when unknown."""
    return "-" if share is None or math.isnan(share) else f"{100 * share:.2f} %"


def decibel(value: float | None) -> str:
    """Decibels; ``-`` when unknown, ``exact`` when there is no error."""
    if value is None or math.isnan(value):
        return "-"
    return "exact" if value == math.inf else f"{value:.1f}"


def count(number: int) -> str:
    """An integer with thousands apart."""
    return f"{number:,}".replace(",", " ")


def interval(limits: tuple[float, float] | None) -> str:
    """A range such as ``-1.25 to 3``; empty when there is none."""
    return "" if limits is None else f"{limits[0]:.4g} to {limits[1]:.4g}"


def optional(value: object | None) -> str:
    """The value, ``-`` when there is none."""
    return "-" if value is None else str(value)
