"""The chips and cores that can be chosen, with what is known of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.text import clean, data_size

if TYPE_CHECKING:
    from tinyml_studio.app.targets import Target


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """One entry of the list; `about` says what is known of it."""

    name: str
    title: str
    about: str = ""
    starts_group: bool = False


def target_choices(targets: Sequence[Target]) -> tuple[TargetChoice, ...]:
    """Chips by title, then bare cores."""
    chips = sorted((held for held in targets if held.clock_hz), key=lambda held: held.title)
    cores = [held for held in targets if not held.clock_hz]
    return tuple(
        TargetChoice(held.name, held.title, about_target(held), starts_group=place == 0)
        for group in (chips, cores)
        for place, held in enumerate(group)
    )


def choice_of(name: str) -> TargetChoice:
    """An entry for the file of a chip of one's own."""
    return TargetChoice(name, clean(PurePath(name).name, limit=40), clean(name, limit=300))


def about_target(target: Target) -> str:
    """Core, clock and memory in a line."""
    parts = [target.core]
    if target.clock_hz:
        parts.append(f"{target.clock_hz / 1e6:g} MHz")
    if target.flash_bytes:
        parts.append(f"{data_size(target.flash_bytes)} of flash")
    if target.ram_bytes:
        parts.append(f"{data_size(target.ram_bytes)} of RAM")
    return ", ".join(parts)
