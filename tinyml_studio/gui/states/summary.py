"""The strip above the table: what the model is, and how well its integers do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How a fact is coloured; a word or a sign always says the same."""

    PLAIN = "plain"
    FLOAT = "float"
    INTEGER = "integer"
    SUSPECT = "suspect"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure with its name; `tip` explains it in a sentence."""

    label: str
    value: str
    tip: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class SummaryState:
    """The facts from left to right; `pending` while newer figures are on their way."""

    facts: tuple[Fact, ...] = ()
    pending: bool = False
