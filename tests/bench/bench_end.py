"""Time from closing the window during a run to the end of the process: ``make bench``.

A call sleeps that does not stop by itself, so the end does not wait for what runs. What is promised
is two seconds on a machine that does nothing else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from statistics import median

ROUNDS = 5
LIMIT_SECONDS = 2.0

CLOSE = """
import sys
import time
from PySide6.QtCore import QTimer
from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.gui import starter

def begin(window, options):
    window.commands.when_safe = lambda then: then()
    held = window.workspace
    held.opened.connect(lambda: QTimer.singleShot(0, lambda: go(window)))
    held.runs.open_example("digits")

def go(window):
    window.workspace.front("Sleeping", lambda _: time.sleep(60), lambda _: None, "sleep")
    QTimer.singleShot(100, lambda: (print("closed", flush=True), window.close()))

starter.open_first = begin
sys.exit(starter.start(WindowOptions()))
"""


def seconds() -> float:
    """From the call that closes the window until the process has ended."""
    with tempfile.TemporaryDirectory() as folder:
        surroundings = {"QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": folder}
        process = subprocess.Popen(
            [sys.executable, "-c", CLOSE],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | surroundings,
        )
        try:
            assert process.stdout is not None
            if process.stdout.readline() != "closed\n":
                raise RuntimeError("the window did not come as far as its end")
            begin = time.monotonic()
            process.communicate(timeout=60)
            return time.monotonic() - begin
        finally:
            process.kill()


def main() -> int:
    """Print the median and the longest; 1 when the median is over the limit."""
    times = [seconds() for _ in range(ROUNDS)]
    print(f"  closed in a run, ended after  {median(times):5.2f} s, the longest {max(times):.2f} s")
    print(f"  limit {LIMIT_SECONDS:g} s")
    return int(median(times) > LIMIT_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
