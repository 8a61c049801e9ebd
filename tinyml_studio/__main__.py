"""``python -m tinyml_studio`` and the ``tinyml-studio`` script."""

from __future__ import annotations

import sys

from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.cli.dispatch import main as run_command_line


def main() -> int:
    """Run the command line and return its exit status."""
    return run_command_line(sys.argv[1:], open_window)


def open_window(options: WindowOptions) -> int:
    """Open the window; only then is Qt imported."""
    from tinyml_studio.gui.application import run_window  # noqa: PLC0415 - Qt takes a second

    return run_window(options)


if __name__ == "__main__":
    sys.exit(main())
