"""What is open in the window, with everything that can be asked of it."""

from __future__ import annotations

from PySide6.QtCore import QObject

from tinyml_studio.gui.edits import Edits
from tinyml_studio.gui.open_session import OpenSession
from tinyml_studio.gui.runs import Runs


class Workspace(OpenSession):
    """The session, its edits, and its long runs.

    Attributes
    ----------
    edits, runs
        What changes the document; what takes its time.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.edits, self.runs = Edits(self), Runs(self)
