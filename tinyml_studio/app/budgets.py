"""The edit that sets a limit of the budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tinyml_studio.document.budget import Budget
from tinyml_studio.document.document import Document

__all__ = ["Budget", "change_limit"]


def change_limit(name: str, value: float | None) -> tuple[Callable[[Document], Document], str]:
    """Set one limit, by its name in `Budget`, or drop it (None)."""
    if name not in Budget().values():
        raise ValueError(f"a budget has no limit {name!r}")
    whole = value is not None and name.endswith("_bytes")
    limit = round(value) if whole and value is not None else value
    change: dict[str, Any] = {name: limit}
    shown = "none" if limit is None else limit_text(name, limit)

    def edit(document: Document) -> Document:
        return replace(document, budget=replace(document.budget, **change))

    return edit, f"budget {name.split('_', maxsplit=1)[0]} → {shown}"


def limit_text(name: str, value: float) -> str:
    """A limit with its unit."""
    if name.endswith("_bytes"):
        return f"{value / 1000:g} kB" if value >= 1000 else f"{value:g} B"
    unit = name.rpartition("_")[2]
    if unit in ("ms", "mj"):
        return f"{value:g} {'mJ' if unit == 'mj' else unit}"
    return f"{100 * value:g} %"
