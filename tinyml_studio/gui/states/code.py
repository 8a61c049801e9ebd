"""The header as the code pane shows it: its sections with their sizes, and colours by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise

from tinyml_studio.gui.states.text import clean, data_size, elided, whole

MOST_SHOWN = 1_000_000
"""Characters that a text widget takes without being noticed."""

MOST_LETTERS = 24
"""Of a layer's name: so much of a word has room in the narrow list."""
NO_PROGRAM = "Choose calibration data (Ctrl+D): the header needs the ranges measured on them"


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
class Replacement:
    """Lines from `first` to before `last` become others, each of which ends in a newline."""

    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class Since:
    """How the text that was shown before becomes another; places are lines of the one before."""

    text: str
    replacements: tuple[Replacement, ...]

    @property
    def lines(self) -> int:
        """How many lines are taken away or written."""
        return sum(held.text.count("\n") + held.last - held.first for held in self.replacements)


@dataclass(frozen=True, slots=True)
class CodeState:
    """The text and its sections, or why there is none.

    `in_comment` holds the lines that begin within a comment, `removed` says what the export left
    out, `since` how the text of before becomes this one, `asks_data` that there is none for lack
    of data. `shown` is the text as far as it is shown,
    a very long one up to the end of a line, `listed` are the sections that begin there, and `about`
    says what it is for and how large it is: all are made with the state, where a long text holds up
    nobody.
    """

    text: str = ""
    sections: tuple[Section, ...] = ()
    in_comment: frozenset[int] = frozenset()
    target: str = ""
    hint: str = ""
    removed: str = ""
    since: Since | None = None
    asks_data: bool = False
    shown: str = field(init=False, repr=False, compare=False)
    listed: tuple[Section, ...] = field(init=False, repr=False, compare=False)
    about: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make what is told of the text."""
        is_long = len(self.text) > MOST_SHOWN
        end = self.text.rfind("\n", 0, MOST_SHOWN) + 1
        object.__setattr__(self, "shown", self.text[:end] if is_long else self.text)
        last = self.shown.count("\n") + 1
        listed = tuple(section for section in self.sections if section.line < last)
        object.__setattr__(self, "listed", listed)
        object.__setattr__(self, "about", self._about(is_long=is_long) if self.text else "")

    def _about(self, *, is_long: bool) -> str:
        lines = whole(self.text.count("\n"))
        constants = data_size(sum(section.constant_bytes for section in self.sections))
        cut = " · only the beginning is shown" if is_long else ""
        return f"for {self.target} · {lines} lines · {constants} in constant arrays{cut}"


_BEGINS = re.compile(
    r"^(?:/\* layer (?P<number>\d+): (?P<kind>\w+) \"(?P<name>.*)\" \*/"
    r"|(?P<Interface>#ifndef \w+_H_INCLUDED)"
    r"|(?P<Kernels>#ifdef \w+_IMPLEMENTATION)"
    r"|(?P<Entry_points>int \w+_invoke\(void \*arena\)$)"
    r"|(?P<Float_helpers>#ifdef \w+_FLOAT_HELPERS)"
    r"|(?P<Self_test>#ifdef \w+_SELF_TEST))",
    re.MULTILINE,
)
_NAMES = {
    "Interface": "Interface",
    "Kernels": "Kernels",
    "Entry_points": "Entry points",
    "Float_helpers": "Float helpers",
    "Self_test": "Self-test",
}
_BEGINNINGS = ("/* layer ", "#ifndef ", "#ifdef ", "int ")
"""With which of them such a line begins; to find these is a tenth of the work."""
_ARRAY = re.compile(r"^static const u?int(\d+)_t \w+\[(\d+)\]", re.MULTILINE)
_TOKENS = re.compile(
    r"(?P<comment>/\*.*?(?:\*/|$))"
    r"|(?P<text>\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    r"|(?P<number>\b(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)[uUlLfF]*\b)"
    r"|(?P<keyword>\b(?:break|case|const|continue|default|do|else|extern|for|goto|if|inline|return"
    r"|sizeof|static|struct|switch|typedef|while|restrict)\b)"
    r"|(?P<type>\b(?:void|char|int|float|double|unsigned|signed|\w+_t)\b)"
)
_INKS = {ink.name.lower(): ink for ink in Ink}


def code_state(
    text: str,
    target: str,
    removed: str = "",
    *,
    helium: bool = False,
    layers: Sequence[str] = (),
) -> CodeState:
    """The state of a header's text; `removed` is what was left out.

    `layers` are the short names of the layers by their numbers in the text.

    Of the constants that a header has in two forms, those for cores with Helium count where
    `helium` is set, else the others.
    """
    return CodeState(
        text,
        _sections(text, layers, helium=helium),
        _comment_lines(text),
        target,
        removed=removed,
    )


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


def _comment_lines(text: str) -> frozenset[int]:
    """Lines that begin within a comment."""
    found: list[int] = []
    line = place = 0
    while (start := text.find("/*", place)) >= 0:
        end = text.find("*/", start + 2)
        end = len(text) if end < 0 else end
        first = line + text.count("\n", place, start)
        line, place = first + text.count("\n", start, end), end
        found.extend(range(first + 1, line + 1))
    return frozenset(found)


def _sections(text: str, layers: Sequence[str], *, helium: bool) -> tuple[Section, ...]:
    """The parts of a header, in order."""
    unused = "ifndef" if helium else "ifdef"
    built = _without(text, f"\n#{unused} ")
    starts = [(0, "Front matter")]
    for place in sorted(held for word in _BEGINNINGS for held in _lines_with(text, word)):
        found = _BEGINS.match(text, place)
        name = found and _section_name(found, layers, is_implementation=len(starts) > 2)
        if name:
            starts.append((place, name))
    sections, line = [], 0
    for (place, name), (end, _) in pairwise([*starts, (len(text), "")]):
        sections.append(Section(name, line, end - place, _constant_bytes(built, place, end)))
        line += text.count("\n", place, end)
    return tuple(sections)


def _lines_with(text: str, word: str, first: int = 0, last: int | None = None) -> Iterator[int]:
    """Where the lines begin, from the one at `first` on, that begin with a word."""
    if text.startswith(word, first):
        yield first
    place = first
    while (place := text.find(f"\n{word}", place, last)) >= 0:
        place += 1
        yield place


def _constant_bytes(text: str, first: int, last: int) -> int:
    """What the arrays of constants of a part take."""
    arrays = (_ARRAY.match(text, held) for held in _lines_with(text, "static const ", first, last))
    return sum(int(array[1]) // 8 * int(array[2]) for array in arrays if array)


def _without(text: str, unused: str) -> str:
    """Text of the same length, blank in the branches for Helium that begin with `unused`."""
    pieces, place = [], 0
    while (start := text.find(unused, place)) >= 0:
        line = text.find("\n", start + 1)
        end = text.find("\n#e", line) if line >= 0 else -1
        if end < 0:
            break
        is_helium = text.endswith("_HELIUM", start, line)
        pieces += [text[place:start], " " * (end - start) if is_helium else text[start:end]]
        place = end
    return "".join((*pieces, text[place:]))


def _section_name(found: re.Match[str], layers: Sequence[str], *, is_implementation: bool) -> str:
    """What begins there; entry points before the implementation are only declared."""
    if found["name"] is not None:
        number = int(found["number"])
        shown = clean(found["name"].strip("/").replace("/", " "), limit=60)
        if number < len(layers):
            shown = elided(layers[number], limit=MOST_LETTERS)
        return f"{number} {found['kind']} {shown}"
    name = _NAMES[found.lastgroup or ""]
    return name if is_implementation or name in ("Interface", "Kernels") else ""
