"""Which samples to calibrate with, and how their numbers are meant."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDoubleValidator
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.dialogs.files import ask_data_file, ask_data_folder
from tinyml_studio.gui.widgets.labels import plain_label


@dataclass(frozen=True, slots=True)
class DataChoice:
    """The model is given ``(x − offset) · scale``; None leaves the numbers as they are."""

    path: Path
    scale: float | None
    offset: float | None


class DataDialog(QDialog):
    """Asks for a `DataChoice`.

    Attributes
    ----------
    chosen
        The person pressed Calibrate; carries the choice.
    """

    chosen = Signal(object)

    def __init__(self, folder: str, takes: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Calibration Data")
        self._folder = folder
        self.path_edit = QLineEdit()
        self.path_edit.setPlaceholderText(".npz, .npy, .csv or a folder of images")
        self.scale_edit, self.offset_edit = QLineEdit(), QLineEdit()
        for edit, example in ((self.scale_edit, "1"), (self.offset_edit, "0")):
            edit.setPlaceholderText(f"as it is ({example})")
            edit.setValidator(QDoubleValidator(self))
        self._arrange(takes)

    def _arrange(self, takes: str) -> None:
        file_button, folder_button = QPushButton("File …"), QPushButton("Folder …")
        file_button.clicked.connect(lambda: self._take(ask_data_file(self, self._folder)))
        folder_button.clicked.connect(lambda: self._take(ask_data_folder(self, self._folder)))
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.path_edit, 1)
        row.addWidget(file_button)
        row.addWidget(folder_button)
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        form.addRow("Samples", row)
        form.addRow("", plain_label(takes, name="muted", wrap=True))
        form.addRow("Scale", self.scale_edit)
        form.addRow("Offset", self.offset_edit)
        form.addRow("", plain_label("The model is given (x − offset) · scale.", name="muted"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.calibrate_button = buttons.addButton(
            "Calibrate", QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.calibrate_button.setEnabled(False)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.path_edit.textChanged.connect(
            lambda text: self.calibrate_button.setEnabled(bool(text.strip()))
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(560)

    def choice(self) -> DataChoice:
        """What stands in the fields."""
        return DataChoice(
            Path(self.path_edit.text().strip()),
            _number(self.scale_edit),
            _number(self.offset_edit),
        )

    def accept(self) -> None:
        """Tell the choice and close."""
        choice = self.choice()
        super().accept()
        self.chosen.emit(choice)

    def _take(self, path: Path | None) -> None:
        if path is not None:
            self.path_edit.setText(str(path))


def _number(edit: QLineEdit) -> float | None:
    """The number in a field; None when it is empty or not a number."""
    number, is_number = edit.locale().toDouble(edit.text())
    return number if is_number else None
