"""The strip above the table: what the model is, and how well its integers do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a fact is coloured; a word or a sign always says the same."""

    PLAIN = "plain"
    FLOAT = "float"
    INTEGER = "integer"
    SUSPECT = "suspect"
    MUTED = "muted"
    GOOD = "good"


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name; `tip` explains it in a sentence.

    Where there is no room for all, those with the highest `rank` give way first.
    """

    label: str
    value: str
    tip: str = ""
    tone: Tone = Tone.PLAIN
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Headline:
    """What the figures say in a sentence; `layer` is the true name of the one it is about."""

    text: str
    layer: str = ""
    tip: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class SummaryState:
    """The facts from left to right; `pending` while newer figures are on their way."""

    facts: tuple[Fact, ...] = ()
    pending: bool = False
    headline: Headline | None = None


def heads_fitting(widths: Sequence[float], available: float, gap: float) -> int:
    """How many of them, from the first on, fit side by side."""
    taken = 0.0
    for count, width in enumerate(widths):
        taken += width + gap * bool(count)
        if taken > available:
            return count
    return len(widths)


def fitting(facts: Sequence[Fact], widths: Sequence[float], available: float) -> tuple[bool, ...]:
    """Which facts are shown in `available` pixels, when each takes its width."""
    shown = [True] * len(facts)
    for place in sorted(range(len(facts)), key=lambda place: -facts[place].rank):
        if (
            sum(width for width, is_shown in zip(widths, shown, strict=True) if is_shown)
            <= available
        ):
            break
        shown[place] = facts[place].rank == 0
    return tuple(shown)
