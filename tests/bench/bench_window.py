"""Milliseconds from an edit to the last repaint of the window: ``make bench``.

The bits of one layer in the middle go to and fro; the clock stops at the last paint event after
which nothing runs and nothing is pending. What begins only when a person has paused (an estimate,
advice) is not part of an edit, and has ended before a hidden tab is shown. Measured off screen on
the bundled digits, and on ResNet8 with 64 CIFAR-10 images where they are there; the unit is one
float run of the same samples.

Each pane of the bottom is measured in front of the others beside the usual ones, then all of them
after every tab was visited, and how long a tab takes to be true that was hidden during an edit.
"computed" is what all threads of the process computed until then: on a machine that does nothing
else the edit takes no longer, as two of them compute side by side.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSettings
from PySide6.QtWidgets import QApplication

from tests.bench.bench_simulate import FOLDER, seconds
from tinyml_studio.calibrate.float_run import FloatRunner
from tinyml_studio.gui.collector import Collector
from tinyml_studio.gui.main_window import MainWindow
from tinyml_studio.gui.open_session import LIVE_SAMPLES
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.starter import tear_down
from tinyml_studio.gui.theme import Theme, ThemeChoice

ROUNDS = 15
LIMIT_MS = 100.0
QUIET, PAUSED = 0.08, 0.5
"""Seconds without any paint: what follows from an edit is there, or also what follows a pause."""
USUAL, VISITED = "usual panes", "all visited"
PANES = ("graph", "memory", "pareto", "simulator", "code", "history")


class LastPaint(QObject):
    """Remembers when anything was painted last."""

    def __init__(self) -> None:
        super().__init__()
        self.moment = self.computed = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Paint:
            self.moment, self.computed = time.perf_counter(), time.process_time()
        return False


@contextmanager
def opened_window(application: QApplication) -> Iterator[MainWindow]:
    """A window with settings of its own, whose garbage is collected as that of the program."""
    with tempfile.TemporaryDirectory() as folder:
        store = QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        theme = Theme(ThemeChoice.DARK)
        theme.apply()
        window = MainWindow(theme, WindowSettings(store))
        collector = Collector(window)
        window.show()
        collector.start()
        yield window
        collector.stop()
        window.commands.when_safe = lambda then: then()
        window.close()
        tear_down(window)


def settle(
    application: QApplication, window: MainWindow, paint: LastPaint, *, quiet: float = QUIET
) -> None:
    """Until nothing runs, nothing is pending, and nothing was painted for a while."""
    held, worked = window.workspace, time.perf_counter()
    while True:
        application.processEvents()
        now = time.perf_counter()
        if held.studio is None or not held.runner.is_idle() or held.is_pending:
            worked = now
        elif now - max(paint.moment, worked) >= quiet:
            return
        time.sleep(0.0005)


@dataclass(frozen=True)
class Spent:
    """Seconds until the last repaint: by the clock, and computed by all threads together."""

    wall: list[float]
    computed: list[float]

    def line(self, title: str, unit: float) -> str:
        """What is printed."""
        wall, computed = median(self.wall), median(self.computed)
        worst = f"(worst {max(self.wall) * 1e3:.0f}, computed {computed * 1e3:.0f})"
        return f"  {title:24} {wall * 1e3:7.1f} ms {worst:30} {wall / unit:5.1f} float runs"


def edits(
    application: QApplication,
    window: MainWindow,
    paint: LastPaint,
    *,
    then: Callable[[], None] | None = None,
    between: Callable[[], None] = lambda: None,
) -> Spent:
    """Every edit; with `then`, what follows it is measured instead, and `between` takes it back."""
    rows = [row.name for row in window.workspace.studio.layers if row.weight_bits is not None]
    middle = rows[len(rows) // 2]
    spent = Spent([], [])
    for number in range(ROUNDS + 2):
        bits = "w4" if number % 2 == 0 else "w8"
        between()
        for step in (lambda bits=bits: window.workspace.edits.set_bits((middle,), bits), then):
            if step is not None:
                settle(application, window, paint, quiet=QUIET if step is not then else PAUSED)
                wall, computed = time.perf_counter(), time.process_time()
                step()
        settle(application, window, paint)
        spent.wall.append(paint.moment - wall)
        spent.computed.append(paint.computed - computed)
    return Spent(spent.wall[2:], spent.computed[2:])


def float_seconds(window: MainWindow) -> float:
    """One float run of the live samples."""
    derived = window.workspace.studio.derived
    samples = derived.samples.spread(LIVE_SAMPLES)
    batch = samples.read(0, samples.count)
    runner = FloatRunner(derived.graph)
    runner.outputs(batch)
    return median(seconds(lambda: runner.outputs(batch)) for _ in range(ROUNDS))


def measure(title: str, window: MainWindow, application: QApplication, paint: LastPaint) -> bool:
    """Print the figures of what is open; whether every edit keeps the limit."""
    settle(application, window, paint)
    unit = float_seconds(window)
    print(f"{title}, {LIVE_SAMPLES} samples, median of {ROUNDS} edits")
    print(f"  one float run            {unit * 1e3:7.1f} ms")
    kept = tell("edit, " + USUAL, edits(application, window, paint), unit)
    for pane in PANES:
        window.show_pane(pane)
        kept = tell(f"edit, {pane}", edits(application, window, paint), unit) and kept
        to_usual(window)
    kept = tell("edit, " + VISITED, edits(application, window, paint), unit) and kept
    for pane in ("memory", "code"):
        spent = edits(
            application,
            window,
            paint,
            then=lambda pane=pane: window.show_pane(pane),
            between=lambda: to_usual(window),
        )
        kept = tell(f"{pane} shown after an edit", spent, unit) and kept
    to_usual(window)
    return kept


def tell(title: str, spent: Spent, unit: float) -> bool:
    """Print a line; whether it keeps the limit."""
    print(spent.line(title, unit), flush=True)
    return median(spent.wall) * 1e3 <= LIMIT_MS


def to_usual(window: MainWindow) -> None:
    """Bring the panes of the usual layout to the front."""
    for usual in ("layers", "error", "distributions"):
        window.show_pane(usual)


def open_resnet(window: MainWindow, folder: Path) -> bool:
    """Open ResNet8 and begin to calibrate it, where it is there."""
    model, data = FOLDER / "resnet8_float.onnx", FOLDER / "data" / "cifar10_lossless_149.npz"
    if not (model.is_file() and data.is_file()):
        return False
    with np.load(data) as held:
        np.save(folder / "images.npy", held["x"][:LIVE_SAMPLES].astype(np.float32))
    window.commands.take_files([model, folder / "images.npy"])
    return True


def main() -> int:
    """Print the times and their ratios; 1 when one of ResNet8 takes longer than the limit."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    paint, kept = LastPaint(), True
    application.installEventFilter(paint)
    with opened_window(application) as window:
        window.commands.open_example("digits")
        measure("digits", window, application, paint)
    with opened_window(application) as window, tempfile.TemporaryDirectory() as folder:
        if open_resnet(window, Path(folder)):
            kept = measure("ResNet8", window, application, paint)
        else:
            print("bench: the ResNet8 is not there, not measured")
    application.removeEventFilter(paint)
    print(f"  limit of each with ResNet8: {LIMIT_MS:g} ms")
    return int(not kept)


if __name__ == "__main__":
    sys.exit(main())
