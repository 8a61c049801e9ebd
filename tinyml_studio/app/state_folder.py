"""Where the program keeps what it needs across its runs, for one person on one computer."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "tinyml-studio"


def state_folder() -> Path:
    """The folder, which may not exist yet.

    ``$XDG_STATE_HOME`` (XDG Base Directory Specification), by default ``~/.local/state``;
    ``%LOCALAPPDATA%`` on Windows, ``~/Library/Application Support`` on macOS.
    """
    given = os.environ.get("XDG_STATE_HOME", "")
    if Path(given).is_absolute():
        return Path(given) / NAME
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home()) / NAME
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / NAME
    return Path.home() / ".local" / "state" / NAME
