"""Pictures of the window on the bundled examples.

Every pane, ready, empty, busy and in error, in both themes and two sizes, goes into
``build/screenshots`` to be looked at; the four that the README shows go into ``docs/screenshots``.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QDialog

from tinyml_studio.app.examples import find_example
from tinyml_studio.errors import StudioError
from tinyml_studio.gui.main_window import MainWindow
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.starter import tear_down
from tinyml_studio.gui.theme import Theme, ThemeChoice
from tinyml_studio.gui.views.simulator_view import Page
from tinyml_studio.progress import Progress

ROOT = Path(__file__).resolve().parent.parent
ALL, SHOWN = ROOT / "build" / "screenshots", ROOT / "docs" / "screenshots"
THEMES = (ThemeChoice.LIGHT, ThemeChoice.DARK)
SIZES = ((1440, 900), (1024, 700))
QUIET, PATIENCE = 0.25, 120.0
SURROUNDINGS = ("layers", "budget", "distributions", "error")
FAULT = "Not enough memory for the activations of 64 samples"
BROKEN = (
    "studio.Studio.errors",
    "studio.Studio.header",
    "studio.Studio.layer_values",
    "sample_run.SampleRunner.run",
    "footprint.footprint",
    "amplified.Amplifier.measure",
)
"""What raises in the pictures of errors."""


class Photographer:
    """A window in front of nobody, and how to wait for it."""

    def __init__(self, application: QApplication, window: MainWindow) -> None:
        self.application, self.window = application, window

    def settle(self, *, until_idle: bool = True) -> None:
        """Until nothing runs any more; else for a moment."""
        began = quiet = time.monotonic()
        while time.monotonic() - quiet < QUIET and time.monotonic() - began < PATIENCE:
            self.application.processEvents()
            time.sleep(0.002)
            held = self.window.workspace
            is_idle = held.runner.is_idle() and not held.is_pending
            if until_idle and (not is_idle or self.window.desk.is_waiting):
                quiet = time.monotonic()

    def shoot(self, path: Path) -> None:
        """Save what is to be seen."""
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.window.grab().save(str(path)):
            raise SystemExit(f"{path} cannot be written")

    def shoot_panes(self, folder: Path, state: str, *, until_idle: bool = True) -> None:
        """Every pane in front, one after another, and every page of the simulator."""
        for name in self.window.pane_names:
            for other in (*SURROUNDINGS, name):
                self.window.show_pane(other)
            self.settle(until_idle=until_idle)
            self.shoot(folder / f"{state}-{name}.png")
        simulator = self.window.board["simulator"].panel
        self.window.show_pane("simulator")
        for page in Page:
            simulator.show_page(page)  # type: ignore[attr-defined]
            self.settle(until_idle=until_idle)
            self.shoot(folder / f"{state}-simulator-{page.name.lower()}.png")
        simulator.show_page(Page.SAMPLE)  # type: ignore[attr-defined]

    def shoot_dialogs(self, folder: Path) -> None:
        """The dialogs that are no file dialogs."""
        commands = self.window.commands
        dialogs: list[QDialog] = []
        commands.dialog_opened.connect(dialogs.append)
        asked = ("file.export", "file.data", "edit.preferences", "view.palette")
        for name in asked:
            commands.callbacks()[name]()
            self.settle()
            dialogs[-1].grab().save(str(folder / f"dialog-{name.split('.')[1]}.png"))
            dialogs[-1].close()
            self.settle()
        commands.dialog_opened.disconnect(dialogs.append)


@contextmanager
def opened(theme: ThemeChoice, size: tuple[int, int]) -> Iterator[Photographer]:
    """A window with settings of its own."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        raise SystemExit("there is no application for widgets")
    with tempfile.TemporaryDirectory() as folder:
        settings = WindowSettings(
            QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat)
        )
        settings.estimates_itself = False
        made = Theme(theme)
        made.apply()
        window = MainWindow(made, settings)
        window.resize(*size)
        window.show()
        camera = Photographer(application, window)
        camera.settle()
        yield camera
        window.commands.when_safe = lambda then: then()  # type: ignore[method-assign]
        for dialog in window.findChildren(QDialog):
            dialog.close()
        window.close()
        tear_down(window)


def waiting(go: threading.Event) -> Callable[..., None]:
    """Work that is 37 % done until `go` is set, or until it is cancelled."""

    def work(*given: object, progress: Progress | None = None, **_: object) -> None:
        told = progress or next((part for part in given if callable(part)), None)
        while not go.wait(0.02):
            if told is not None:
                told(37, 100, "evaluating")
        raise StudioError(FAULT)

    return work


def shoot_all(theme: ThemeChoice, size: tuple[int, int]) -> None:
    """Every state of every pane."""
    folder = ALL / f"{theme.value}-{size[0]}x{size[1]}"
    with opened(theme, size) as camera:
        camera.shoot(folder / "welcome.png")
        camera.window.commands.open_path(find_example("digits").model)
        camera.settle()
        camera.shoot_panes(folder, "empty")
    for example in ("digits", "motion"):
        with opened(theme, size) as camera:
            camera.window.commands.open_example(example)
            camera.settle()
            camera.shoot_panes(folder, f"ready-{example}")
    with opened(theme, size) as camera:
        work(camera)
        camera.shoot_panes(folder, "worked")
        camera.shoot_dialogs(folder)
    with opened(theme, size) as camera, broken():
        camera.window.commands.open_example("digits")
        camera.settle()
        camera.shoot_panes(folder, "error")
    shoot_busy(theme, size, folder)


def work(camera: Photographer, *, gently: bool = False) -> None:
    """Do what a person does in some minutes; `gently` they stay with what works."""
    window, held = camera.window, camera.window.workspace
    window.commands.open_example("digits")
    camera.settle()
    layers = [row.name for row in held.need_studio().layers if row.weight_bits is not None]
    held.edits.set_limit("flash_bytes", 20_000.0 if gently else 12_000.0)
    held.edits.set_limit("accuracy", 0.9)
    camera.settle()
    held.runs.evaluate()
    camera.settle()
    harsh = ((layers[1:], "w4"), (layers[2:3], "w2"), (layers[4:5], "a16"))
    mild = ((layers[3:4], "w4"), (layers[5:6], "w5"))
    for chosen, bits in mild if gently else harsh:
        held.edits.set_bits(tuple(chosen), bits)
        camera.settle()
    window.desk.select(layers[3 if gently else 2])
    for name in ("budget", "advice", "simulator"):
        window.show_pane(name)
        camera.settle()
    window.board["advice"].view.try_button.click()  # type: ignore[attr-defined]
    camera.settle()
    simulator = window.board["simulator"].panel
    simulator.confusion.run_asked.emit()  # type: ignore[attr-defined]
    simulator.compare.arithmetic_asked.emit("onnx")  # type: ignore[attr-defined]
    camera.settle()
    if gently:
        held.runs.evaluate()
        window.desk.measuring.estimate()
        camera.settle()
    window.commands.verify()
    camera.settle()


def shoot_busy(theme: ThemeChoice, size: tuple[int, int], folder: Path) -> None:
    """While figures are on their way and a long run shows its progress."""
    go = threading.Event()
    with opened(theme, size) as camera:
        camera.window.commands.open_example("digits")
        camera.settle()
        with patch("tinyml_studio.app.studio.Studio.errors", waiting(go)):
            held = camera.window.workspace
            held.edits.set_bits((held.selected,), "w4")
            camera.settle(until_idle=False)
            held.front("Evaluating", waiting(go), lambda _: None, "evaluate")
            camera.shoot_panes(folder, "busy", until_idle=False)
            held.runner.stop()
            go.set()


@contextmanager
def broken() -> Iterator[None]:
    """Whatever a pane asks for goes wrong."""

    def fail(*_: object, **__: object) -> None:
        raise StudioError(FAULT)

    patches = [patch(f"tinyml_studio.app.{name}", fail) for name in BROKEN]
    for held in patches:
        held.start()
    try:
        yield
    finally:
        for held in patches:
            held.stop()


def shoot_shown() -> None:
    """The pictures of the README."""
    large = SIZES[0]
    for theme in THEMES:
        with opened(theme, large) as camera:
            work(camera, gently=True)
            camera.window.show_pane("error")
            camera.settle()
            camera.shoot(SHOWN / f"window-{theme.value}.png")
            if theme is ThemeChoice.LIGHT:
                camera.window.show_pane("graph")
                camera.settle()
                camera.shoot(SHOWN / "graph.png")
    with opened(ThemeChoice.DARK, large) as camera:
        work(camera, gently=True)
        camera.window.show_pane("simulator")
        camera.settle()
        camera.window.board["simulator"].panel.show_page(Page.LAYER)  # type: ignore[attr-defined]
        camera.settle()
        camera.shoot(SHOWN / "simulator.png")


def main() -> None:
    """Take every picture."""
    for theme in THEMES:
        for size in SIZES:
            shoot_all(theme, size)
            print(ALL / f"{theme.value}-{size[0]}x{size[1]}", flush=True)
    shoot_shown()
    print(SHOWN)


if __name__ == "__main__":
    main()
