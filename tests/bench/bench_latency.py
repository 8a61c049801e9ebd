"""How long the window does not answer, on networks of thousands of layers: ``make bench``.

The longest wait between two calls of a timer, by the clock and in computing time of the window's
own thread, while a network is opened, calibrated, edited and looked at. What the clock has more
than the thread's own time is the wait for a processor, which other processes have, and is said; the
rest is a worker that holds the interpreter.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from tests.bench.bench_window import open_resnet, opened_window
from tests.gui import latency
from tinyml_studio.gui.main_window import MainWindow

LIMIT_MS = 50.0
HEAVY = ("graph", "memory", "code", "history")
NETWORKS = (
    ("chain of 20,000", latency.chain, 20_000),
    ("fan-out of 5,000", latency.fan_out, 5_000),
)


def wait(application: QApplication, window: MainWindow) -> None:
    """Until nothing runs and nothing is pending."""
    held, quiet = window.workspace, 0
    while quiet < 50:
        application.processEvents()
        time.sleep(0.0005)
        quiet = quiet + 1 if held.runner.is_idle() and not held.is_pending else 0


def work(application: QApplication, window: MainWindow, probe: latency.Probe, folder: Path) -> None:
    """Edit everything, take it back, look at every heavy pane, evaluate, save and export."""
    edits, runs = window.workspace.edits, window.workspace.runs
    steps = {
        "edit": lambda: edits.set_all("w4a8", "", ""),
        "undo": edits.undo,
        **{name: lambda name=name: window.show_pane(name) for name in HEAVY},
        "evaluate": runs.evaluate,
        "save": lambda: runs.save(folder / "p.tmls", overwrite=True),
        "export": lambda: runs.export(folder / "n.h", target="cortex-m4", name="n", self_test=0),
    }
    for name, step in steps.items():
        probe.begin(name)
        step()
        wait(application, window)


def report(title: str, probe: latency.Probe) -> bool:
    """Print the longest waits; whether the thread's own ones keep the limit."""
    print(title)
    for name, held in probe.phases.longest.items():
        queued = "" if held.queued is None else f", for a processor {held.queued * 1e3:6.0f} ms"
        print(
            f"  {name:10} {held.wall * 1e3:7.0f} ms{queued}; longest own {held.own * 1e3:6.0f} ms"
        )
    return all(held.own * 1e3 <= LIMIT_MS for held in probe.phases.longest.values())


def main() -> int:
    """Print the longest waits; 1 when the window's thread computes longer at one thing."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    kept = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, make, count in NETWORKS:
            model = make(folder / f"{count}.onnx", count)
            data = latency.samples(folder / "x.npy")
            kept = (
                run(
                    application,
                    title,
                    lambda window, m=model, d=data: opens(window, m, d),
                    folder,
                )
                and kept
            )
        kept = (
            run(application, "ResNet8", lambda window: open_resnet(window, folder), folder) and kept
        )
    print(f"  limit of the thread's own time: {LIMIT_MS:g} ms")
    return int(not kept)


def opens(window: MainWindow, model: Path, data: Path) -> bool:
    """Open and calibrate."""
    window.commands.take_files([model, data])
    return True


def run(application: QApplication, title: str, begin, folder: Path) -> bool:
    """Measure one network; whether it keeps the limit."""
    with opened_window(application) as window:
        window.settings.estimates_itself = False
        wait(application, window)  # its first paint is no part of opening a model
        probe = latency.Probe()
        probe.begin("open")
        begun = begin(window)
        wait(application, window)
        if begun:
            work(application, window, probe, folder)
        probe.stop()
        if not begun:
            print(f"bench: {title} is not there, not measured")
            return True
        return report(title, probe)


if __name__ == "__main__":
    sys.exit(main())
