"""What the welcome page offers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Card:
    """An example to start with: its name on the command line, and words for a person."""

    name: str
    title: str
    description: str
