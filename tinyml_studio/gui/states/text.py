"""Text and numbers as the window writes them: plain, short, with units."""

from __future__ import annotations

import math
import unicodedata
from html import escape

MISSING = "–"
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def clean(text: str, *, limit: int = 200) -> str:
    """Text of a file without control, format and direction characters, cut to `limit`.

    Whitespace of every kind becomes one space, so that a name stays on its line.
    """
    if text.isascii() and text.isprintable() and "  " not in text:
        return elided(text.strip(), limit=limit)
    head = text[: limit * 4]
    kept = (
        " " if letter.isspace() else letter
        for letter in head
        if letter.isspace() or unicodedata.category(letter) not in _HIDDEN
    )
    plain = " ".join("".join(kept).split())
    return elided(plain, limit=limit)


def elided(text: str, *, limit: int) -> str:
    """Text of at most `limit` characters; the middle gives way, both ends tell names apart."""
    if len(text) <= limit:
        return text
    head = (limit - 1 + 1) // 2
    tail = limit - 1 - head
    return text[:head] + "…" + (text[-tail:] if tail else "")


def paragraphs(text: str, *, limit: int = 4000) -> str:
    """Text of a file as `clean`, but with its line breaks."""
    lines = [clean(line, limit=limit) for line in text[: limit * 2].splitlines()]
    return "\n".join(lines).strip()[:limit]


def whole(count: int) -> str:
    """A count with its thousands apart: ``12 345``, by a narrow space that does not break."""
    return f"{count:,}".replace(",", "\u202f")


def short_count(count: float) -> str:
    """A count of operations in three figures: ``640``, ``36.9 k``, ``2.36 M``."""
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if count >= size * 0.9995:
            value = count / size
            digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
            return f"{value:.{digits}f} {unit}"
    return f"{count:.0f}"


def data_size(count: int) -> str:
    """Bytes as people say them: ``640 B``, ``36.9 kB``."""
    return f"{short_count(count)}B" if count >= 1000 else f"{count} B"


def decibel(value: float | None, *, unit: bool = True) -> str:
    """An SQNR in dB: ``17.3 dB``; ``∞`` for no error at all."""
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    number = f"{value:.1f}".replace("-0.0", "0.0").replace("-", "−")
    return f"{number} dB" if unit else number


def percent(share: float | None, *, digits: int = 1) -> str:
    """A share of one in percent: ``0.3 %``; what rounds to zero but is not says so."""
    if share is None or math.isnan(share):
        return MISSING
    smallest = 10.0**-digits
    if 0 < share * 100 < smallest / 2:
        return f"<{smallest:.{digits}f} %"
    return f"{share * 100:.{digits}f} %"


def points(difference: float) -> str:
    """A difference of two shares in percentage points, signed: ``−1.3 pt``."""
    value = round(difference * 100, 1)
    sign = "−" if value < 0 else "+" if value > 0 else "±"
    return f"{sign}{abs(value):.1f} pt"


def real(value: float, *, figures: int = 4) -> str:
    """A real number, its exponent as people write it: ``0.01234``, ``3.4e38``."""
    text = f"{value:.{figures}g}"
    if "e" in text:
        mantissa, exponent = text.split("e")
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def shape(sizes: tuple[int, ...] | None) -> str:
    """A shape of one sample: ``32×32×16``; ``scalar`` has none."""
    if sizes is None:
        return "?"
    return "×".join(str(size) for size in sizes) or "scalar"


def remaining(seconds: float) -> str:
    """Remaining time: ``about 5 s left``, ``about 2 min left``."""
    if seconds < 1.5:
        return "almost done"
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} min left"


def ago(seconds: float) -> str:
    """How long something is past: ``a moment ago``, ``5 minutes ago``, ``2 days ago``.

    Empty for the future, which a clock that was wrong has written.
    """
    if seconds < 0:
        return ""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = int(seconds // size)
        if count:
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "a moment ago"


def plain_tip(text: str) -> str:
    """A tooltip that shows `text` literally; Qt would take a tag in it for markup."""
    return f"<p style='white-space: pre-wrap'>{escape(text)}</p>" if text else ""
