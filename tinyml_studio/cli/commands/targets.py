"""``targets``: list the chips that a header can be made for."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import fields

from tinyml_studio.app.targets import Target, targets
from tinyml_studio.cli.output import answer
from tinyml_studio.cli.text import optional, table


def add_arguments(parser: ArgumentParser) -> None:
    """No arguments of its own."""
    del parser


def run(args: Namespace) -> int:
    """List the targets."""
    held = targets()
    answer(args, [_row(item) for item in held], lambda: _text(held))
    return 0


def _row(item: Target) -> dict[str, object]:
    """All fields of a target, for ``--json``."""
    row = {field.name: getattr(item, field.name) for field in fields(item)}
    return row | {"source": dict(item.source)}


def _text(held: tuple[Target, ...]) -> str:
    """The targets as a table."""
    rows = [
        (
            item.name,
            item.title,
            item.core,
            optional(item.flash_bytes),
            optional(item.ram_bytes),
            optional(item.clock_hz),
        )
        for item in held
    ]
    return table(("name", "title", "core", "flash (B)", "RAM (B)", "clock (Hz)"), rows, left=3)
