"""Faults of the program itself, wherever they are raised: one dialog, and the session goes on."""

from __future__ import annotations

import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.commands import Commands
from tinyml_studio.gui.dialogs.error_dialog import error_dialog
from tinyml_studio.gui.safekeeping import Safekeeping

WISH = "finish what was asked"


class Faults(QObject):
    """Hears of every exception that nobody caught: in slots, events, paint, and threads.

    The work is kept for a recovery first. Of a fault that comes again while its dialog stands
    open, as one does that is raised at every repaint, only the report on stderr is made.
    """

    _raised = Signal(object)

    def __init__(self, window: QWidget, commands: Commands, safekeeping: Safekeeping) -> None:
        super().__init__(window)
        self._window, self._commands, self._safekeeping = window, commands, safekeeping
        self._is_told = False
        self._raised.connect(self.show_fault, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Hear of everything from now on."""
        sys.excepthook = self._hook
        threading.excepthook = lambda args: self._hook(
            args.exc_type, args.exc_value, args.exc_traceback
        )

    def remove(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__

    def show_fault(self, fault: BaseException) -> None:
        """Keep the work and show one dialog."""
        if not isinstance(fault, Exception) or self._is_told:
            return
        self._is_told = True
        try:
            self._safekeeping.keep_now()
            box = error_dialog(fault, WISH, self._window)
            box.finished.connect(self._forget)
            self._commands.show_dialog(box)
        except Exception:  # noqa: BLE001 - a fault in telling of a fault must not tell of itself
            traceback.print_exc()

    def _forget(self) -> None:
        self._is_told = False

    def _hook(
        self,
        kind: type[BaseException],
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if fault is None or not isinstance(fault, Exception):
            sys.__excepthook__(kind, fault or kind(), trace)
            return
        traceback.print_exception(kind, fault, trace)
        # not at once: it may come out of the middle of a paint event
        self._raised.emit(fault)
