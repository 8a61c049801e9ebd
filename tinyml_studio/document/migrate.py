"""Older project formats, brought to the current one step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tinyml_studio.document.strict_json import JsonFault, Table

FORMAT = 1

Migration = Callable[[dict[str, object]], dict[str, object]]

# format n -> function that makes format n + 1; empty as long as there is one format only
MIGRATIONS: Mapping[int, Migration] = {}


def migrate(
    table: Table, *, current: int = FORMAT, steps: Mapping[int, Migration] = MIGRATIONS
) -> Table:
    """The same project in the current format.

    Raises
    ------
    JsonFault
        If the format is newer than this version knows, or no longer readable.
    """
    version = table.require("format").integer(0, 1 << 30)
    if version > current:
        raise JsonFault(
            f"format: {version} is newer than this version of TinyML Studio reads ({current}); "
            "install a newer version"
        )
    values = table.values
    for step in range(version, current):
        if step not in steps:
            raise JsonFault(f"format: {step} is not readable")
        values = {**steps[step](values), "format": step + 1}
    return Table(values)
