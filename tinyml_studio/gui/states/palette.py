"""Finds a command by a few letters of it."""

from __future__ import annotations

from collections.abc import Sequence

SCATTERED = 1.0


def ranked(titles: Sequence[str], asked: str) -> tuple[int, ...]:
    """Places of the titles that hold the letters of `asked` in order, the best first.

    Words that begin with what was asked come before words that hold it; scattered letters count
    only where nothing else is found. Without anything asked all come in order.
    """
    found = [
        (score, place) for place, title in enumerate(titles) if (score := _score(title, asked))
    ]
    if any(score > SCATTERED for score, _ in found):
        found = [(score, place) for score, place in found if score > SCATTERED]
    return tuple(place for score, place in sorted(found, key=lambda pair: (-pair[0], pair[1])))


def _score(title: str, asked: str) -> float:
    """How well a title fits; 0 when it does not."""
    text, wanted = title.casefold(), " ".join(asked.casefold().split())
    if not wanted or text.startswith(wanted):
        return 4.0
    words = text.split()
    parts = wanted.split()
    if all(any(word.startswith(part) for word in words) for part in parts):
        return 3.0
    if wanted in text:
        return 2.0
    place = -1
    for letter in wanted.replace(" ", ""):
        place = text.find(letter, place + 1)
        if place < 0:
            return 0.0
    return SCATTERED
