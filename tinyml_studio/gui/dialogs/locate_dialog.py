"""A model or samples that a project names and that are not there, or not the same any more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from tinyml_studio.gui.dialogs.error_dialog import sentence, texts

if TYPE_CHECKING:
    from tinyml_studio.errors import StudioError

ROLES = QMessageBox.ButtonRole


class LocateDialog(QMessageBox):
    """Says what is wrong and asks where the file is.

    Parameters
    ----------
    error
        What is wrong.
    candidate
        A file that is there but is another one; None when nothing is there.

    Attributes
    ----------
    locate_asked
        The person wants to say where it is.
    accepted_other
        The person takes the other one; carries its path.
    """

    locate_asked = Signal()
    accepted_other = Signal(Path)

    def __init__(
        self, error: StudioError, candidate: Path | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        title, detail, _ = texts(error, "open it")
        self.setIcon(QMessageBox.Icon.Warning)
        self.setWindowTitle("TinyML Studio")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(title)
        more = "Say where it is; it is taken if its fingerprint is that of the project."
        self.setInformativeText("\n\n".join(part for part in (sentence(detail), more) if part))
        self.locate_button = self.addButton("Locate…", ROLES.AcceptRole)
        self.accept_button = None
        if candidate is not None:
            self.accept_button = self.addButton("Use This One", ROLES.DestructiveRole)
            self.accept_button.setToolTip("Take the other file, as a change that can be undone")
        self.addButton("Cancel", ROLES.RejectRole)
        self.setDefaultButton(self.locate_button)
        self._candidate = candidate
        self.buttonClicked.connect(self._tell)

    def _tell(self, button: object) -> None:
        if button is self.locate_button:
            self.locate_asked.emit()
        elif button is self.accept_button and self._candidate is not None:
            self.accepted_other.emit(self._candidate)
