"""What the command line asks of the window."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True)
class WindowOptions:
    """How the window starts.

    Parameters
    ----------
    path
        A project or model to open.
    example
        Name of a bundled example to open instead.
    screenshot
        Save a picture of the idle window here and exit.
    pane
        Name of the pane to bring to the front.
    theme
        ``light`` or ``dark``; None follows the system.
    size
        Width and height in pixels; None leaves it to the window.
    """

    path: Path | None = None
    example: str | None = None
    screenshot: Path | None = None
    pane: str | None = None
    theme: str | None = None
    size: tuple[int, int] | None = None
