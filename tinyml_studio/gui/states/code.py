"""The header as the code pane shows it: its sections with their sizes, and colours by line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from tinyml_studio.gui.states.text import clean, data_size, whole

MOST_SHOWN = 1_000_000
"""Characters that a text widget takes without being noticed."""

NO_PROGRAM = "There is no header yet: it needs ranges, which are measured on calibration data"


class Ink(Enum):
    """What a piece of C is, for its colour."""

    COMMENT = auto()
    DIRECTIVE = auto()
    KEYWORD = auto()
    TYPE = auto()
    NUMBER = auto()
    TEXT = auto()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the header.

    Parameters
    ----------
    name
        What it holds, such as ``layer 3: Add block``.
    line
        Its first line, from 0.
    text_bytes
        Length of its text.
    constant_bytes
        What its arrays of constants take in flash.
    """

    name: str
    line: int
    text_bytes: int
    constant_bytes: int


@dataclass(frozen=True, slots=True)
class CodeState:
    """The text and its sections, or why there is none.

    `in_comment` holds the lines that begin within a comment, `removed` says what the export left
    out.
    """

    text: str = ""
    sections: tuple[Section, ...] = ()
    in_comment: frozenset[int] = frozenset()
    target: str = ""
    hint: str = ""
    removed: str = ""

    @property
    def shown(self) -> str:
        """The text as far as it is shown: a very long one up to the end of a line."""
        if len(self.text) <= MOST_SHOWN:
            return self.text
        return self.text[: self.text.rfind("\n", 0, MOST_SHOWN) + 1]

    @property
    def about(self) -> str:
        """What it is for and how large it is."""
        if not self.text:
            return ""
        lines = whole(self.text.count("\n"))
        constants = data_size(sum(section.constant_bytes for section in self.sections))
        cut = " · only the beginning is shown" if len(self.text) > MOST_SHOWN else ""
        return f"for {self.target} · {lines} lines · {constants} of constants{cut}"


_LAYER = re.compile(r"/\* layer (\d+): (\w+) \"(.*)\" \*/")
_ARRAY = re.compile(r"static const (\w+) \w+\[(\d+)\]")
_WIDTH = re.compile(r"(\d+)_t$")
_MARKS = (
    (re.compile(r"#ifndef \w+_H_INCLUDED"), "Interface"),
    (re.compile(r"#ifdef \w+_IMPLEMENTATION"), "Kernels"),
    (re.compile(r"int \w+_invoke\(void \*arena\)$"), "Entry points"),
    (re.compile(r"#ifdef \w+_FLOAT_HELPERS"), "Float helpers"),
    (re.compile(r"#ifdef \w+_SELF_TEST"), "Self-test"),
)
_TOKENS = re.compile(
    r"(?P<comment>/\*.*?(?:\*/|$))"
    r"|(?P<text>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    r"|(?P<number>\b(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)[uUlLfF]*\b)"
    r"|(?P<keyword>\b(?:break|case|const|continue|default|do|else|extern|for|goto|if|inline|return"
    r"|sizeof|static|struct|switch|typedef|while|restrict)\b)"
    r"|(?P<type>\b(?:void|char|int|float|double|unsigned|signed|\w+_t)\b)"
)
_INKS = {ink.name.lower(): ink for ink in Ink}


def code_state(text: str, target: str, removed: str = "") -> CodeState:
    """The state of a header's text; `removed` is what was left out."""
    lines = text.splitlines()
    return CodeState(text, _sections(lines), _comment_lines(lines), target, removed=removed)


def spans(line: str, *, in_comment: bool) -> tuple[tuple[int, int, Ink], ...]:
    """Start, length and kind of the coloured pieces of a line, ascending."""
    found: list[tuple[int, int, Ink]] = []
    start = 0
    if in_comment:
        end = line.find("*/")
        start = len(line) if end < 0 else end + 2
        found.append((0, start, Ink.COMMENT))
    elif line.lstrip().startswith("#"):
        start = line.find("/*") if "/*" in line else len(line)
        found.append((0, start, Ink.DIRECTIVE))
    tokens = _TOKENS.finditer(line, start)
    rest = ((token.start(), len(token[0]), _INKS[token.lastgroup or "text"]) for token in tokens)
    return (*found, *rest)


def _comment_lines(lines: Sequence[str]) -> frozenset[int]:
    """Lines that begin within a comment."""
    inside, found = False, []
    for place, line in enumerate(lines):
        if inside:
            found.append(place)
        if inside or "/*" in line:
            last_open, last_close = line.rfind("/*"), line.rfind("*/")
            inside = last_open > last_close if last_open >= 0 else inside and last_close < 0
    return frozenset(found)


def _sections(lines: Sequence[str]) -> tuple[Section, ...]:
    """The parts of a header, in order; `_MARKS` before the implementation are declarations."""
    starts = [(0, "Front matter")]
    for place, line in enumerate(lines):
        name = _section_name(line, is_implementation=len(starts) > 2)
        if name:
            starts.append((place, name))
    ends = [*starts, (len(lines), "")]
    return tuple(
        _section(name, first, lines[first:last]) for (first, name), (last, _) in pairwise(ends)
    )


def _section_name(line: str, *, is_implementation: bool) -> str:
    layer = _LAYER.match(line)
    if layer:
        return f"{layer[1]} {layer[2]} {clean(layer[3].strip('/').replace('/', ' '), limit=60)}"
    for mark, name in _MARKS:
        if mark.match(line) and (is_implementation or name in ("Interface", "Kernels")):
            return name
    return ""


def _section(name: str, line: int, lines: Sequence[str]) -> Section:
    constants = 0
    for text in lines:
        found = _ARRAY.match(text) if text.startswith("static const") else None
        width = _WIDTH.search(found[1]) if found else None
        if found and width:
            constants += int(width[1]) // 8 * int(found[2])
    return Section(name, line, sum(len(text) + 1 for text in lines), constants)
