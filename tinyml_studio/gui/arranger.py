"""Puts a window together in steps, so that it answers in between."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget


class Arranger(QObject):
    """Goes one step in each event; nothing is painted before the last one.

    Parameters
    ----------
    window
        What the steps put together.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._steps: Iterator[None] = iter(())

    def begin(self, steps: Iterator[None]) -> None:
        """Go the first step, and the others soon."""
        self._window.setUpdatesEnabled(False)
        self._steps = steps
        self._next()

    def finish(self) -> None:
        """Go at once what is left."""
        for _ in self._steps:
            pass

    def _next(self) -> None:
        for _ in self._steps:
            QTimer.singleShot(0, self, self._next)
            return
        # painted in an event of its own: to lay out all panes takes long enough
        QTimer.singleShot(0, self, lambda: self._window.setUpdatesEnabled(True))
