"""The door to the window: checks that Qt can start before anything of it is imported."""

from __future__ import annotations

import importlib

from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.gui.display import check_display


def run_window(options: WindowOptions) -> int:
    """Open the window and stay until it is closed; the exit status.

    With `options.screenshot` it opens, waits until nothing runs any more, saves a picture and
    closes by itself.

    Raises
    ------
    StudioError
        If there is no display, a system library is missing (names its package), or, for a
        screenshot, if what should be opened cannot be.
    """
    check_display(draws_only=options.screenshot is not None)
    # only now: importing it loads Qt's libraries
    starter = importlib.import_module("tinyml_studio.gui.starter")
    status: int = starter.start(options)
    return status
