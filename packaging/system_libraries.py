"""Make sure that Qt finds its system libraries; name the packages when it does not.

Qt itself comes with its wheel, but on Linux it loads a few libraries of the system. As root on a
Debian-like system they are installed; otherwise the command to do so is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

DEBIAN_PACKAGES = (
    "libegl1", "libgl1", "libxkbcommon0", "libdbus-1-3", "libfontconfig1", "libglib2.0-0",
    "fonts-dejavu-core", "libxkbcommon-x11-0", "libxcb-cursor0", "libxcb-icccm4",
    "libxcb-keysyms1", "libxcb-shape0",
)  # fmt: skip
PROBE = "from PySide6.QtWidgets import QApplication; QApplication([])"


def qt_problem() -> str:
    """Why Qt cannot start, its own last words; empty when it can."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stderr.strip().rpartition("\n")[2] if done.returncode else ""


def install() -> None:
    """Install the libraries with apt-get."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *DEBIAN_PACKAGES],
    ):
        subprocess.run(["apt-get", *step], env=environment, stdout=subprocess.DEVNULL, check=True)


def main() -> int:
    """Exit status 0 when Qt can start."""
    problem = qt_problem()
    if not problem:
        return 0
    print(f"Qt cannot start: {problem}", file=sys.stderr)
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print(f"installing {' '.join(DEBIAN_PACKAGES)}", file=sys.stderr)
        install()
        return 1 if qt_problem() else 0
    print(f"on Debian or Ubuntu: sudo apt-get install {' '.join(DEBIAN_PACKAGES)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
