"""Starts Qt, opens the window, and takes everything apart again in the right order."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from tinyml_studio.app.first_use import load
from tinyml_studio.app.window_options import WindowOptions
from tinyml_studio.errors import StudioError
from tinyml_studio.gui.collector import Collector
from tinyml_studio.gui.main_window import MainWindow
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.theme import Theme, ThemeChoice
from tinyml_studio.progress import Progress

SETTLE_MS = 120
PATIENCE_MS = 180_000


def start(options: WindowOptions) -> int:
    """Open the window and stay until it is closed; the exit status.

    Raises
    ------
    StudioError
        For a screenshot: when what should be opened cannot be, or the picture not be written.
    """
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("TinyML Studio")
    application.setDesktopFileName("tinyml-studio")
    settings = WindowSettings()
    settings.is_frozen = options.screenshot is not None
    theme = Theme(ThemeChoice(options.theme) if options.theme else settings.theme)
    theme.apply()
    window = MainWindow(theme, settings, completes=False)
    place(window, options)
    camera = Camera(window, options) if options.screenshot is not None else None
    window.closed.connect(application.quit)
    collector = Collector(window)
    window.faults.install()
    window.show()
    collector.start()  # before the first worker: a cycle must not be taken apart in one
    open_first(window, options)
    warm_up(window)
    status = application.exec()
    collector.stop()
    window.faults.remove()
    fault = camera.fault if camera is not None else None
    if not window.has_stopped:
        leave_at_once(settings, int(status or fault is not None))
    tear_down(window)
    if fault is not None:
        raise fault
    return status


def leave_at_once(settings: WindowSettings, status: int) -> None:
    """End the process while a thread is in a call that does not stop; Qt would wait for it.

    All that is to stay is written by then: projects and headers are replaced as a whole or not at
    all, what was kept in case of a crash is given up, and the children of a run end with it.
    """
    settings.keep()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os._exit(status)


def place(window: MainWindow, options: WindowOptions) -> None:
    """Give the window its size: as asked, else as it was, else the usual one."""
    held = window.settings.layout()
    if options.size is not None:
        window.resize(*options.size)
    elif held is not None:
        window.restoreGeometry(held[0])


def open_first(window: MainWindow, options: WindowOptions) -> None:
    """Open what the command line names."""
    pane = options.pane
    if pane is not None:
        window.complete()
        known = window.pane_names
        if pane not in known:
            raise StudioError(f"There is no pane {pane!r}", hint=f"there are: {', '.join(known)}")
        window.workspace.opened.connect(lambda: window.show_pane(pane))
    if options.path is not None:
        window.commands.open_path(options.path)
    elif options.example is not None:
        window.commands.open_example(options.example)


def warm_up(window: MainWindow) -> None:
    """Load in a thread what the first model needs; look for work that a crash has left."""
    runner, tell = window.workspace.runner, window.faults.show_fault
    timer = QTimer(window)

    def step() -> None:
        if not window.complete_some():
            timer.stop()
            runner.submit(Lane.WARM, "Loading", lambda _: load(), lambda _: None, tell)

    def load_panes(_: Progress) -> None:
        importlib.import_module("tinyml_studio.gui.board")

    timer.timeout.connect(step)
    runner.submit(Lane.WARM, "Loading", load_panes, lambda _: timer.start(), tell)
    if not window.settings.is_frozen:
        window.safekeeping.offer_leftovers()
        fault = window.settings.fault()
        if fault:
            window.statusBar().showMessage(fault)


def tear_down(window: MainWindow) -> None:
    """Delete the window while the application lives: plots that outlive it crash at exit."""
    window.theme.disconnect(window)
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    QCoreApplication.processEvents()


class Camera(QObject):
    """Takes a picture once nothing runs any more, and closes the window.

    Attributes
    ----------
    fault
        Why there is no picture, or None.
    """

    def __init__(self, window: MainWindow, options: WindowOptions) -> None:
        super().__init__(window)
        self.fault: StudioError | None = None
        self._window = window
        self._path = options.screenshot or Path("screenshot.png")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._look)
        window.workspace.runner.idle.connect(self._timer.start)
        window.workspace.failed.connect(self._give_up)
        QTimer.singleShot(0, self._timer.start)
        QTimer.singleShot(PATIENCE_MS, self, self._lose_patience)

    def _look(self) -> None:
        if not self._window.workspace.runner.is_idle():
            return
        if self._window.desk.is_waiting:
            self._timer.start()
            return
        if self.fault is None and not self._window.grab().save(str(self._path), "PNG"):
            self.fault = StudioError(
                f"The picture {self._path} cannot be written",
                hint="check that its folder exists and is writable",
            )
        self._leave()

    def _give_up(self, error: Exception, wish: str) -> None:
        self.fault = (
            error
            if isinstance(error, StudioError)
            else StudioError(f"Could not {wish}", detail=f"{type(error).__name__}: {error}")
        )
        QTimer.singleShot(0, self, self._leave)

    def _lose_patience(self) -> None:
        self.fault = StudioError(f"Nothing to see after {PATIENCE_MS // 1000} s")
        self._leave()

    def _leave(self) -> None:
        for box in self._window.findChildren(QMessageBox):
            box.close()
        self._window.close()
