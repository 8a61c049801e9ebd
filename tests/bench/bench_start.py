"""Time from the call to a usable window, against a bare window with one plot: ``make bench``.

Both are processes of their own; what they compute (user and system time) is counted, so that a
busy machine changes the figure little. The limit is 1.5 times the bare window.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROUNDS = 7
LIMIT = 1.5

BARE = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
import pyqtgraph
application = QApplication(sys.argv[:1])
window, plot = QMainWindow(), pyqtgraph.PlotWidget()
plot.plot([1, 3, 2])
window.setCentralWidget(plot)
window.resize(1440, 900)
window.show()
QTimer.singleShot(0, application.exit)
application.exec()
"""

OURS = """
import sys
import tinyml_studio.__main__
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from tinyml_studio.gui import starter
application = QApplication(sys.argv[:1])
theme = starter.Theme(starter.ThemeChoice.DARK)
theme.apply()
store = QSettings(sys.argv[1], QSettings.Format.IniFormat)
window = starter.MainWindow(theme, starter.WindowSettings(store), completes=False)
window.show()
QTimer.singleShot(0, application.exit)
application.exec()
"""


def seconds(script: str, folder: Path) -> float:
    """Computing time of a process, without its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ending = "import os\nos._exit(0)\n"
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(
        [sys.executable, "-c", script + ending, folder / "settings.ini"],
        check=True,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Print both and their ratio; 1 when it is over the limit."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pairs = [(seconds(BARE, folder), seconds(OURS, folder)) for _ in range(ROUNDS)]
    bare, ours = (median(times) for times in zip(*pairs, strict=True))
    print(f"  bare window with one plot   {bare * 1e3:6.0f} ms of computing")
    print(f"  welcome page, usable        {ours * 1e3:6.0f} ms of computing")
    print(f"  ratio {ours / bare:.2f}, limit {LIMIT:g}")
    return int(ours > LIMIT * bare)


if __name__ == "__main__":
    sys.exit(main())
