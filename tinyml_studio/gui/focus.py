"""The keyboard goes back to where it was when a dialog has closed."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QDialog
from shiboken6 import isValid


def give_focus_back(dialog: QDialog) -> None:
    """When a dialog closes, make its window the active one again, and what had the focus focused.

    Not every desktop does so by itself: without a window manager nobody does, and shortcuts of a
    window that is not active do nothing.
    """
    held, parent = QApplication.focusWidget(), dialog.parentWidget()

    def back() -> None:
        front = QApplication.activeWindow()
        if front is not None and front is not dialog:
            return  # it opened something else, or the person went on already
        there = held if held is not None and isValid(held) and held.isVisible() else None
        window = parent if there is None else there.window()
        if window is None or not isValid(window) or not window.isVisible():
            return
        window.activateWindow()
        if there is not None:
            there.setFocus()

    dialog.finished.connect(back)
