"""The chips that a header can be made for: one TOML file each below `resources/targets/`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tinyml_studio.errors import ExportError
from tinyml_studio.paths import resource


@dataclass(frozen=True, slots=True)
class Target:
    """A chip, or a core of which no chip is known.

    Parameters
    ----------
    name, title
        What is written on the command line, and what a person reads.
    core
        The core's name.
    aliases
        Other names that are understood.
    flash_bytes, ram_bytes, clock_hz
        None for a generic core.
    """

    name: str
    title: str
    core: str
    aliases: tuple[str, ...] = ()
    flash_bytes: int | None = None
    ram_bytes: int | None = None
    clock_hz: int | None = None


@cache
def targets() -> tuple[Target, ...]:
    """All bundled targets, sorted by name."""
    files = sorted(resource("targets").glob("*.toml"))
    return tuple(sorted((_read(file) for file in files), key=lambda held: held.name))


def find_target(name: str) -> Target:
    """The target of a name or alias, in any case of letters.

    Raises
    ------
    ExportError
        If there is none; names those that there are.
    """
    wanted = name.strip().lower()
    for held in targets():
        if wanted in (held.name, *held.aliases):
            return held
    raise ExportError(
        f"There is no target {name!r}",
        hint=f"there are: {', '.join(held.name for held in targets())}",
    )


def _read(file: Path) -> Target:
    """One target's file; it is bundled, so a fault in it is a programming error."""
    table: Mapping[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    return Target(**{**table, "aliases": tuple(table.get("aliases", ()))})
