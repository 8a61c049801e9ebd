"""C text: identifiers, comments and arrays in which no text from outside can do harm."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

WIDTH = 100
MAX_PREFIX = 31
MAX_HINT = 20
_PLAIN_TYPES = ("int8_t", "int16_t")
"""Types all of whose values are literals as they are."""


def prefix_of(name: str) -> str:
    """A C identifier made from any text, to begin every name of a header.

    A text that already is an identifier of at most 31 characters stays as it is. Longer ones end
    in eight digits of their hash, so that two of them stay apart. A keyword does no harm: no name
    of the header is the prefix alone.
    """
    text = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")
    if not text:
        return "model"
    if text[0].isdigit():
        text = f"m{text}"
    if len(text) > MAX_PREFIX:
        digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        text = f"{text[: MAX_PREFIX - 9].rstrip('_')}_{digest}"
    return text


def hint(name: str) -> str:
    """A few harmless letters that remind of a layer's name; may be empty."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[-MAX_HINT:].strip("_")


def comment_text(text: str, *, limit: int = 72) -> str:
    """Text from outside as it may stand in a block comment: printable ASCII on one line.

    Everything else, and whatever could end or open a comment, continue a line or form a
    trigraph, becomes ``.``; longer texts end in ``...``.
    """
    safe = re.sub(r"[^ -~]|\\|\*/|/\*|\?\?+", ".", text)
    return safe if len(safe) <= limit else f"{safe[: limit - 3]}..."


def wrap(items: Iterable[str], *, indent: str = "    ", width: int = WIDTH) -> str:
    """Items joined by commas, in lines of at most `width` characters."""
    held = list(items)
    ends = list(accumulate((len(item) + 2 for item in held), initial=0))
    lines: list[str] = []
    first = 0
    while first < len(held):
        # the space behind a line's last comma is not written
        reach = ends[first] + width - len(indent) + 1
        last = max(bisect_right(ends, reach, first) - 1, first + 1)
        lines.append(indent + ", ".join(held[first:last]))
        first = last
    return ",\n".join(lines)


def fitted(code: str, *, width: int = WIDTH) -> str:
    """C code whose long lines go on behind a comma on the next line."""
    lines: list[str] = []
    for line in code.splitlines():
        rest = line
        indent = " " * (len(line) - len(line.lstrip()) + 8)
        while len(rest) > width:
            cut = rest.rfind(", ", len(indent), width)
            if cut < 0:
                break
            lines.append(rest[: cut + 1])
            rest = indent + rest[cut + 2 :]
        lines.append(rest)
    return "\n".join(lines) + "\n"


def integer(value: int, c_type: str = "int32_t") -> str:
    """An integer literal of a type; the smallest value has no literal of its own in C."""
    if c_type.startswith("u"):
        return f"{value}u"
    if value == -(1 << 63):
        return "-9223372036854775807 - 1"
    if value == -(1 << 31) and c_type != "int64_t":
        return "-2147483647 - 1"
    return str(value)


def integers(values: Sequence[int], c_type: str) -> str:
    """Integer literals of a type as the lines of an array."""
    if c_type in _PLAIN_TYPES:
        return wrap(map(str, values))
    return wrap(integer(value, c_type) for value in values)


def array(declaration: str, values: Sequence[int], c_type: str) -> str:
    """A constant array; `declaration` is its name, such as ``static const int8_t a[3]``."""
    return array_of(declaration, integers(values, c_type))


def array_of(declaration: str, lines: str) -> str:
    """A constant array of the lines that `integers` gives."""
    return f"{declaration} = {{\n{lines}\n}};\n"


def block_comment(lines: Iterable[str]) -> str:
    """A block comment of several lines that are already harmless."""
    body = "".join(f" * {line}".rstrip() + "\n" for line in lines)
    return f"/*\n{body} */\n"


def real(value: float) -> str:
    """A float literal of C that reads back as the same number; `value` is exact in float32."""
    text = repr(float(value))
    return f"{text}f" if any(c in text for c in ".e") else f"{text}.0f"
