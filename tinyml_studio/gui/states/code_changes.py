"""How one header becomes another, part by part: most of its lines stay after an edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from itertools import accumulate, takewhile

from tinyml_studio.gui.states.code import CodeState, Replacement, Since

MOST_COMPARED = 1000
"""Paragraphs of two parts that are compared one with the other within a few milliseconds."""

_PARAGRAPH = re.compile(r"(?:[^\n]*\n)+?(?:\n+|\Z)|\n+")


def with_changes(state: CodeState, before: CodeState) -> CodeState:
    """The same state, with how the text of the one before becomes its text.

    Each part is compared with the part of the same name: what its first and its last lines have in
    common stays, and so do the paragraphs between, such as the kernels beside a new one.
    """
    if not (before.shown.endswith("\n") and state.shown.endswith("\n")):
        return state
    return replace(state, since=Since(before.text, tuple(_replacements(before, state))))


def _replacements(before: CodeState, after: CodeState) -> Iterator[Replacement]:
    old, new = _parts(before), _parts(after)
    if [name for name, _, _ in old] != [name for name, _, _ in new]:
        old, new = (("", 0, before.shown),), (("", 0, after.shown),)
    for (_, line, one), (_, _, other) in zip(old, new, strict=True):
        if one != other:
            yield from _within(line, one.splitlines(keepends=True), other.splitlines(keepends=True))


def _parts(state: CodeState) -> tuple[tuple[str, int, str], ...]:
    """Name, first line and text of every part that is shown, as far as it is."""
    shown, place = state.shown, 0
    found = []
    for section in state.sections:
        if place < len(shown):
            found.append((section.name, section.line, shown[place : place + section.text_bytes]))
        place += section.text_bytes
    return tuple(found)


def _within(line: int, old: Sequence[str], new: Sequence[str]) -> Iterator[Replacement]:
    """The paragraphs that differ between the lines that both begin with and those they end with."""
    head = _alike(old, new)
    tail = min(_alike(reversed(old), reversed(new)), min(len(old), len(new)) - head)
    one = _paragraphs(old[head : len(old) - tail])
    other = _paragraphs(new[head : len(new) - tail])
    places = list(accumulate((text.count("\n") for text in one), initial=line + head))
    if max(len(one), len(other)) > MOST_COMPARED:
        yield Replacement(places[0], places[-1], "".join(other))
        return
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    for what, first, last, begin, end in matcher.get_opcodes():
        if what != "equal":
            yield Replacement(places[first], places[last], "".join(other[begin:end]))


def _paragraphs(lines: Sequence[str]) -> list[str]:
    """The lines up to a blank one, again and again."""
    return _PARAGRAPH.findall("".join(lines))


def _alike(old: Iterable[str], new: Iterable[str]) -> int:
    """How many lines are equal before the first that is not."""
    pairs = zip(old, new, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
