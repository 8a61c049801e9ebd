"""The program as a process: what it loads to start, how it ends, and what a kill leaves."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.recovery import Kind, leftovers
from tinyml_studio.app.studio import Studio

HEAVY = ("onnx", "onnxruntime", "scipy", "PIL", "google.protobuf", "pyqtgraph", "matplotlib")
LATER = ("lower", "kernels", "emit", "verify", "simulate", "formats", "passes", "runtime")

BEGIN = """
import faulthandler
import sys
faulthandler.dump_traceback_later(120, exit=True)  # nobody waits for a window that hangs
from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication
from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.gui import starter
"""

LOADED = (
    BEGIN
    + """
application = QApplication(sys.argv[:1])
theme = starter.Theme(starter.ThemeChoice.DARK)
theme.apply()
store = QSettings(sys.argv[1], QSettings.Format.IniFormat)
window = starter.MainWindow(theme, starter.WindowSettings(store), completes=False)
window.show()
QTimer.singleShot(0, lambda: (print(" ".join(sys.modules)), application.exit()))
application.exec()
window.close()
starter.tear_down(window)
"""
)

COLLECTED = (
    BEGIN
    + """
import gc
from pathlib import Path
from tinyml_studio.gui.qt_jobs import Runner
submit, seen = Runner.submit, []

def spied(*held, **more):
    seen.append(gc.isenabled())
    return submit(*held, **more)

Runner.submit = spied
status = starter.start(WindowOptions(screenshot=Path(sys.argv[1])))
print(sorted(set(seen)), gc.isenabled())
sys.exit(status)
"""
)

# opens a project, changes it, keeps the change, says so, and then does what it is told
EDIT = (
    BEGIN
    + """
from pathlib import Path

def begin(window, options):
    held = window.workspace
    def edited(_):
        window.safekeeping.keep_now()
        timer = QTimer(window)
        timer.timeout.connect(lambda: held.runner.is_idle() and (timer.stop(), go(window)))
        timer.start(10)
    held.opened.connect(lambda: held.edits.set_all("w4a8", "", ""))
    held.changed.connect(edited)
    held.runs.open_path(Path(sys.argv[1]))

def go(window):
    print("ready", flush=True)
    ENDING

starter.open_first = begin
sys.exit(starter.start(WindowOptions()))
"""
)
SAVE_AGAIN_AND_AGAIN = """
    global go
    go = lambda window: None  # the edits that follow do not begin again
    held, choices = window.workspace, ["w5a8", "w4a8"]
    def again(_):
        print("saved", flush=True)
        choices.reverse()
        held.edits.set_all(choices[0], "", "")
        window.commands.save()
    held.saved.connect(again)
    window.commands.save()
"""
CLOSE_IN_A_RUN = """
    starter_save = lambda then: then()
    window.commands.when_safe = starter_save
    window.workspace.runs.evaluate()
    window.workspace.runs.verify()
    QTimer.singleShot(20, lambda: (print("closed", flush=True), window.close()))
"""
CLOSE_IN_A_CALL_THAT_DOES_NOT_STOP = """
    import time
    window.commands.when_safe = lambda then: then()
    window.workspace.front("Sleeping", lambda _: time.sleep(60), lambda _: None, "sleep")
    QTimer.singleShot(100, lambda: (print("closed", flush=True), window.close()))
"""
CLOSE_WITH_EVERY_PANE_SHOWN = """
    window.commands.when_safe = lambda then: then()
    for name in window.pane_names:
        window.show_pane(name)
        QApplication.processEvents()
    print("closed", flush=True)
    window.close()
"""
ENDINGS = (CLOSE_IN_A_RUN, CLOSE_IN_A_CALL_THAT_DOES_NOT_STOP, CLOSE_WITH_EVERY_PANE_SHOWN)
END_SECONDS = 30.0
"""So long a busy machine may take; `tests/bench/bench_end.py` measures what an idle one does."""
REAPED_SECONDS = 20.0
"""So long the system may take to bury what was killed."""


def is_gone(group):
    """Whether no process of a group is left, or none soon: a killed one must still be reaped."""
    last = time.monotonic() + REAPED_SECONDS
    while time.monotonic() < last:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def surroundings(tmp_path):
    """An environment with settings of its own."""
    return {**os.environ, "XDG_CONFIG_HOME": str(tmp_path / "config")}


@pytest.fixture
def project(tmp_path):
    example = find_example("motion")
    for source, name in ((example.model, "model.onnx"), (example.calibration, "data.npz")):
        shutil.copy(source, tmp_path / name)
    studio = Studio.open(tmp_path / "model.onnx")
    studio.calibrate(tmp_path / "data.npz")
    return studio.save(tmp_path / "p.tmls")


def test_a_start_loads_nothing_that_only_a_model_needs(tmp_path, surroundings):
    ended = subprocess.run(
        [sys.executable, "-c", LOADED, tmp_path / "s.ini"],
        capture_output=True,
        text=True,
        env=surroundings,
        timeout=60,
        check=True,
    )
    loaded = set(ended.stdout.split())
    assert "tinyml_studio.gui.main_window" in loaded
    assert not loaded.intersection(HEAVY)
    assert not loaded.intersection(f"tinyml_studio.{room}" for room in LATER)


def test_no_worker_may_look_for_garbage(tmp_path, surroundings):
    ended = subprocess.run(
        [sys.executable, "-c", COLLECTED, tmp_path / "welcome.png"],
        capture_output=True,
        text=True,
        env=surroundings,
        timeout=60,
        check=True,
    )
    assert ended.stdout == "[False] True\n"


def test_a_killed_window_loses_nothing(project, surroundings):
    process = subprocess.Popen(
        [sys.executable, "-c", EDIT.replace("ENDING", "pass"), project],
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings,
    )
    try:
        assert process.stdout.readline() == "ready\n"
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    (found,) = leftovers()
    assert found.kind is Kind.NEWER
    assert found.record.document.scheme.default.bits == "w4a8"
    found.discard()


@pytest.mark.parametrize("seconds", [0.03, 0.11, 0.4])
def test_a_window_that_is_killed_while_it_saves_leaves_a_whole_project(
    project, surroundings, seconds
):
    process = subprocess.Popen(
        [sys.executable, "-c", EDIT.replace("ENDING", SAVE_AGAIN_AND_AGAIN.strip()), project],
        stdout=subprocess.PIPE,
        text=True,
        env=surroundings,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline() == "saved\n"
        time.sleep(seconds)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert Studio.open(project, compute=False).document.scheme.default.bits in ("w4a8", "w5a8")
    for found in leftovers():
        assert found.record is not None
        found.discard()


@pytest.mark.parametrize("ending", ENDINGS)
def test_closing_during_a_run_ends_in_time_with_status_0_and_no_child(
    project, surroundings, tmp_path, ending
):
    process = subprocess.Popen(
        [sys.executable, "-c", EDIT.replace("ENDING", ending.strip()), project],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=surroundings,
        start_new_session=True,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        assert process.stdout.readline() == "closed\n"
        _, complaint = process.communicate(timeout=END_SECONDS)
        assert process.returncode == 0
        assert "Traceback" not in complaint
        assert is_gone(process.pid)
    finally:
        process.kill()
    assert not leftovers()
    (kept,) = (tmp_path / "config").rglob("*.conf")
    assert "layout" in kept.read_text(errors="replace")
