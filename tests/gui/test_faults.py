"""Faults of the program: one dialog with a report, and nothing is lost."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from tinyml_studio.app.recovery import recovery_folder
from tinyml_studio.gui import faults


@pytest.fixture
def hooked(window, monkeypatch):
    """The window with its hooks in place, and out again."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    window.faults.install()
    return window


def raised():
    """A fault with a trace."""
    try:
        fail("a <b>fault</b>")
    except ZeroDivisionError as fault:
        return fault


def fail(text):
    raise ZeroDivisionError(text)


def test_a_fault_keeps_the_work_and_shows_one_dialog(person, hooked, capsys):
    person.open_example()
    hooked.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    fault = raised()
    for _ in range(5):  # as at every repaint
        sys.excepthook(type(fault), fault, fault.__traceback__)
    person.qtbot.waitUntil(lambda: bool(person.dialogs))
    person.wait()
    boxes = [box for box in person.dialogs if isinstance(box, QMessageBox)]
    assert len(boxes) == 1
    assert "ZeroDivisionError" in boxes[0].detailedText()
    assert "<b>fault</b>" in boxes[0].informativeText()
    assert list(recovery_folder().glob("*.recovery"))
    assert "ZeroDivisionError" in capsys.readouterr().err
    boxes[0].close()
    sys.excepthook(type(fault), fault, fault.__traceback__)
    person.qtbot.waitUntil(lambda: len(person.dialogs) == 2)
    assert hooked.workspace.studio is not None


def test_the_report_is_copied_with_one_click(person, hooked):
    hooked.faults.show_fault(raised())
    box = person.dialogs[-1]
    copy = next(button for button in box.buttons() if button.text() == "Copy Report")
    copy.click()
    assert box.isVisible()
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    assert "Python" in QGuiApplication.clipboard().text()
    box.close()


def test_a_fault_in_a_thread_is_told_too(person, hooked, capsys):
    thread = threading.Thread(target=lambda: 1 // 0)
    thread.start()
    thread.join(timeout=10)
    assert not thread.is_alive()
    person.wait()
    person.qtbot.waitUntil(lambda: bool(person.dialogs))
    assert "ZeroDivisionError" in person.dialogs[-1].detailedText()
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_a_fault_in_a_job_is_told(person, window):
    person.open_example()

    def work(_):
        raise KeyError("gone")

    window.workspace.front("Work", work, lambda _: None, "do the work")
    person.wait()
    assert "KeyError" in person.dialogs[-1].detailedText()
    assert "do the work" in person.dialogs[-1].text()


def test_a_fault_in_the_dialog_itself_ends_there(person, hooked, monkeypatch, capsys):
    def refuse(*_):
        raise RuntimeError("no dialog")

    monkeypatch.setattr(faults, "error_dialog", refuse)
    hooked.faults.show_fault(raised())
    assert "no dialog" in capsys.readouterr().err
    assert not person.dialogs
