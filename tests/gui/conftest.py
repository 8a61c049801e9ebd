"""Fixtures of the window's tests; they run without a display."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QInputDialog,
    QMenu,
    QMessageBox,
)
from pytestqt.qtbot import QtBot

from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.main_window import MainWindow
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.starter import tear_down
from tinyml_studio.gui.theme import Theme, ThemeChoice

PATIENCE_MS = 30_000
PLATFORM_NOISE = "This plugin does not support"  # what the off-screen platform says of itself


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the off-screen platform say what it cannot do; every other message fails."""
    for item in items:
        if "tests/gui/" in item.path.as_posix():
            item.add_marker(pytest.mark.qt_log_ignore(PLATFORM_NOISE, extend=True))


def pytest_runtest_logstart() -> None:
    """Until the test is over, no worker may take a cycle apart: it could hold a widget."""
    gc.disable()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """Take apart, in the window's thread, what the test and its fixtures have left."""
    gc.collect()
    gc.unfreeze()
    gc.enable()


@pytest.fixture(autouse=True)
def silence(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An unexpected log record fails the test."""
    yield
    told = [record for record in caplog.get_records("call") if record.levelno >= logging.WARNING]
    assert not told, [record.getMessage() for record in told]


@pytest.fixture(autouse=True)
def no_left_over_widgets(qapp: QApplication) -> Iterator[None]:
    """A window, dialog or menu without a parent that outlives its test fails it."""
    before = set(qapp.topLevelWidgets())
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    left = [widget for widget in qapp.topLevelWidgets() if widget not in before]
    assert not left, [f"{type(widget).__name__} {widget.windowTitle()!r}" for widget in left]


@pytest.fixture(autouse=True)
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that a test does not expect fails it: nobody is there who could answer."""

    def unexpected(asked: object, *_: object) -> None:
        pytest.fail(f"{type(asked).__name__} waits for an answer: {getattr(asked, 'text', str)()}")

    for kind in (QDialog, QFileDialog, QInputDialog, QMenu, QMessageBox):
        monkeypatch.setattr(kind, "exec", unexpected)
    for ask in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, ask, unexpected)


@pytest.fixture
def settings(tmp_path: Path) -> WindowSettings:
    """Settings of a person who starts for the first time."""
    store = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    made = WindowSettings(store)
    made.estimates_itself = False  # compilers would run behind every test
    return made


@pytest.fixture
def theme(qapp: object) -> Iterator[Theme]:
    """The dark theme, applied."""
    made = Theme(ThemeChoice.DARK)
    made.apply()
    yield made
    made.deleteLater()


@pytest.fixture
def window(
    qtbot: QtBot, theme: Theme, settings: WindowSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[MainWindow]:
    """The window on its welcome page; changes that are not saved are given up at the end."""
    made = MainWindow(theme, settings)
    made.resize(1200, 800)
    made.show()
    qtbot.waitExposed(made)
    qtbot.keyRelease(made, Qt.Key.Key_Control)  # Qt still knows the keys of the test before
    yield made
    monkeypatch.setattr(files, "ask_save", lambda *_: files.Answer.DISCARD)
    made.close()
    tear_down(made)


class Person:
    """Does what a person does, and waits as a person waits."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot = window, qtbot
        self.dialogs: list[object] = []
        window.commands.dialog_opened.connect(self.dialogs.append)

    def wait(self) -> None:
        """Until nothing runs any more, all figures are those of the document, and panes stand."""
        held = self.window.workspace
        self.qtbot.waitUntil(
            lambda: held.runner.is_idle() and not held.is_pending and self.window.updatesEnabled(),
            timeout=PATIENCE_MS,
        )

    def stay_busy(self) -> None:
        """Do not pause: what begins by itself after a pause does not begin."""
        for pause in self.window.desk.pauses:
            pause.setInterval(600_000)

    def open_example(self, name: str = "digits") -> None:
        """Click an example on the welcome page."""
        buttons = {
            button.accessibleName().lower(): button for button in self.window.welcome.examples
        }
        buttons[name].click()
        self.wait()

    def go_to(self, row: int, column: int) -> None:
        """Put the keyboard on a cell."""
        table = self.window.board["layers"].view.table
        table.setCurrentIndex(table.model().index(row, column))
        self.wait()

    def type(self, text: str) -> None:
        """Type on the table."""
        self.qtbot.keyClicks(self.window.board["layers"].view.table, text)
        self.wait()

    def trigger(self, action: str) -> None:
        """Choose an action of the menus, which must be possible."""
        chosen = self.window.binding.actions[action]
        assert chosen.isEnabled(), action
        chosen.trigger()
        self.wait()

    def bits(self) -> list[tuple[int | None, int | None]]:
        """Weight and activation bits of every layer in the document."""
        studio = self.window.workspace.studio
        assert studio is not None
        return [(row.weight_bits, row.activation_bits) for row in studio.layers]

    def cells(self, column: int) -> list[str]:
        """Texts of a column on screen."""
        model = self.window.board["layers"].view.table.model()
        return [str(model.index(row, column).data()) for row in range(model.rowCount())]


@pytest.fixture
def person(window: MainWindow, qtbot: QtBot) -> Person:
    """Somebody in front of the window."""
    return Person(window, qtbot)
