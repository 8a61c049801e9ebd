"""What a person allows a network to take, and what they ask of it; saved with the project."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from tinyml_studio.document.strict_json import Item

_BYTES = ("flash_bytes", "ram_bytes")
_SHARES = ("accuracy", "agreement")
MAX_BYTES = 1 << 40


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits that gauges are held against; None where there is none.

    Parameters
    ----------
    flash_bytes, ram_bytes
        At most so many bytes.
    latency_ms, energy_mj
        At most so many milliseconds and millijoules for one inference.
    accuracy, agreement
        At least this share of one: of right answers, and of answers like those in float.
    """

    flash_bytes: int | None = None
    ram_bytes: int | None = None
    latency_ms: float | None = None
    energy_mj: float | None = None
    accuracy: float | None = None
    agreement: float | None = None

    def __bool__(self) -> bool:
        """Whether there is any limit."""
        return any(value is not None for value in self.values().values())

    def values(self) -> dict[str, int | float | None]:
        """All limits by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def budget_members(budget: Budget) -> dict[str, int | float]:
    """The limits that are set, as members of a JSON object."""
    return {name: value for name, value in budget.values().items() if value is not None}


def read_budget(item: Item | None) -> Budget:
    """The budget of a project file; none at all where the key is absent.

    Raises
    ------
    JsonFault
        If a limit is unknown or not possible; names its place.
    """
    if item is None:
        return Budget()
    table = item.table().only(*(field.name for field in fields(Budget)))
    known: dict[str, Any] = {
        name: _limit(name, held) for name, held in table.items() if held.value is not None
    }
    return Budget(**known)


def _limit(name: str, item: Item) -> int | float:
    if name in _BYTES:
        return item.integer(1, MAX_BYTES)
    number = item.number()
    if number <= 0.0:
        item.fail("a number above 0 is expected")
    if name in _SHARES and number > 1.0:
        item.fail("a share of at most 1 is expected")
    return number
