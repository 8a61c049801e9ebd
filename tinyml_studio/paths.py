"""The only finder of `resources/`: in a checkout, in an installed wheel, in a frozen app."""

from __future__ import annotations

import sys
from pathlib import Path

from tinyml_studio.errors import StudioError


def resource(*parts: str) -> Path:
    """Path of a bundled file or folder below `resources/`.

    Raises
    ------
    StudioError
        If the installation is incomplete.
    """
    package = Path(__file__).resolve().parent
    frozen = Path(getattr(sys, "_MEIPASS", package))
    for root in (package / "_resources", package.parent / "resources", frozen / "resources"):
        found = root.joinpath(*parts)
        if found.exists():
            return found
    raise StudioError(
        f"The bundled file {'/'.join(parts)} is missing",
        hint="the installation is incomplete; install TinyML Studio again",
    )
