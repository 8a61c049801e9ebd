"""The bundled targets, and the way from what a person writes to a target."""

from __future__ import annotations

import difflib
from functools import cache
from pathlib import Path

from tinyml_studio.errors import TargetError
from tinyml_studio.paths import resource
from tinyml_studio.targets.reader import read_target
from tinyml_studio.targets.target import Target

FILE_SUFFIX = ".toml"
_MAX_SHOWN = 60


@cache
def targets() -> tuple[Target, ...]:
    """All bundled targets, sorted by name."""
    files = resource("targets").glob(f"*{FILE_SUFFIX}")
    return tuple(sorted(map(read_target, files), key=lambda held: held.name))


def is_file_name(name: str) -> bool:
    """Whether a person means a file of their own: it ends in ``.toml``."""
    return name.strip().lower().endswith(FILE_SUFFIX)


def find_target(name: str) -> Target:
    """The target of a name or alias in any case of letters, or of the user's own file.

    Raises
    ------
    TargetError
        If there is none, naming close ones or all; or if the file breaks the schema.
    """
    if is_file_name(name):
        return read_target(Path(name.strip()))
    wanted = name.strip().lower()
    for held in targets():
        if wanted in (held.name, *held.aliases):
            return held
    names = [word for held in targets() for word in (held.name, *held.aliases)]
    near = difflib.get_close_matches(wanted[:_MAX_SHOWN], names, 3)
    meant = f"did you mean {' or '.join(near)}? " if near else ""
    shown = name if len(name) <= _MAX_SHOWN else name[:_MAX_SHOWN] + "…"
    raise TargetError(
        f"There is no target {shown!r}",
        hint=f"{meant}there are: {', '.join(held.name for held in targets())}; "
        "or the path of a .toml file of your own",
    )


def lasting_name(name: str) -> str:
    """What a project stores for a target: the bundled name, or the file's absolute path."""
    held = find_target(name)
    return str(Path(name.strip()).absolute()) if is_file_name(name) else held.name
