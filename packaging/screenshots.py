"""Pictures of the window on the bundled examples, into ``docs/screenshots``."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path("docs") / "screenshots"
PICTURES = {
    "window-light.png": ("--example", "digits", "--theme", "light", "--size", "1440x900"),
    "window-dark.png": ("--example", "digits", "--theme", "dark", "--size", "1440x900"),
    "graph.png": (
        "--example", "digits", "--theme", "light", "--size", "1440x900", "--pane", "graph",
    ),
    "simulator.png": (
        "--example", "motion", "--theme", "dark", "--size", "1440x900", "--pane", "simulator",
    ),
    "small.png": ("--example", "motion", "--theme", "light", "--size", "1024x700"),
    "welcome.png": ("--theme", "light", "--size", "1440x900"),
}  # fmt: skip


def main() -> None:
    """Render every picture; stop at the first that fails."""
    (ROOT / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, options in PICTURES.items():
        command = [sys.executable, "-m", "tinyml_studio", *options]
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        subprocess.run(
            [*command, "--screenshot", str(FOLDER / name)], env=environment, check=True, cwd=ROOT
        )
        print(FOLDER / name)


if __name__ == "__main__":
    main()
