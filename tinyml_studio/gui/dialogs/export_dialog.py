"""What to export: format, target, name, self-test and file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRegularExpression, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.dialogs.files import ask_header, ask_model
from tinyml_studio.gui.widgets.labels import plain_label

C = "c"
FORMATS = {C: "C header", "onnx": "ONNX QDQ", "onnx-qoperator": "ONNX QOperator"}
ABOUT = {
    C: "For a microcontroller: the simulator's integers, bit for bit.",
    "onnx": "Real operators between QuantizeLinear and DequantizeLinear, for other engines.",
    "onnx-qoperator": "Operators on integers; takes the arithmetic onnx, whose integers it gives.",
}
_C_ROWS = range(2, 7)  # of the form: target, name and self-test with what is said about them
VECTORS = {0: "None", 1: "1 sample", 2: "2 samples", 4: "4 samples", 8: "8 samples"}


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen."""

    path: Path
    target: str
    name: str
    self_test: int
    form: str = C


def identifier(text: str) -> str:
    """A C prefix made of a file's name."""
    kept = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
    return (kept if kept[:1].isalpha() else f"model_{kept}".rstrip("_"))[:31]


class ExportDialog(QDialog):
    """Asks for an `ExportChoice`.

    Attributes
    ----------
    chosen
        The person pressed Export; carries the choice.
    """

    chosen = Signal(object)

    def __init__(
        self,
        name: str,
        folder: Path,
        targets: Sequence[tuple[str, str]],
        target: str | None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self.format_box = QComboBox()
        for form, title in FORMATS.items():
            self.format_box.addItem(title, form)
        self._about = plain_label(ABOUT[C], name="muted", wrap=True)
        self.target_box = QComboBox()
        for key, title in targets:
            self.target_box.addItem(title, key)
        self.target_box.setCurrentIndex(max(self.target_box.findData(target), 0))
        self.name_edit = QLineEdit(identifier(name))
        self.name_edit.setMaxLength(31)
        pattern = QRegularExpression("[A-Za-z][A-Za-z0-9_]*")
        self.name_edit.setValidator(QRegularExpressionValidator(pattern, self))
        self.test_box = QComboBox()
        for count, title in VECTORS.items():
            self.test_box.addItem(title, count)
        self.test_box.setCurrentIndex(2)
        self.path_edit = QLineEdit(str(folder / f"{identifier(name)}.h"))
        self._form = QFormLayout()
        self._arrange()

    def _arrange(self) -> None:
        browse = QPushButton("Browse …")
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.path_edit, 1)
        row.addWidget(browse)
        form = self._form
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        form.addRow("Format", self.format_box)
        form.addRow("", self._about)
        form.addRow("Target", self.target_box)
        form.addRow("Name", self.name_edit)
        form.addRow("", plain_label("Prefix of every name in the C file.", name="muted"))
        form.addRow("Self-test", self.test_box)
        form.addRow(
            "",
            plain_label(
                "Inputs with their expected outputs, compiled in with a macro only: the device "
                "can prove that it computes the same integers.",
                name="muted",
                wrap=True,
            ),
        )
        form.addRow("File", row)
        self.format_box.currentIndexChanged.connect(self._take_format)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        for edit in (self.name_edit, self.path_edit):
            edit.textChanged.connect(self._check)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)

    def choice(self) -> ExportChoice:
        """What stands in the fields."""
        return ExportChoice(
            Path(self.path_edit.text()),
            str(self.target_box.currentData()),
            self.name_edit.text(),
            int(self.test_box.currentData()),
            self.form,
        )

    @property
    def form(self) -> str:
        """The format that is chosen."""
        return str(self.format_box.currentData())

    def accept(self) -> None:
        """Tell the choice and close."""
        choice = self.choice()
        super().accept()
        self.chosen.emit(choice)

    def _take_format(self) -> None:
        """Show what the format takes, and give the file its ending."""
        for row in _C_ROWS:
            self._form.setRowVisible(row, self.form == C)
        self._about.setText(ABOUT[self.form])
        path = self.path_edit.text()
        if Path(path).suffix.lower() in (".h", ".onnx"):
            ending = ".h" if self.form == C else ".onnx"
            self.path_edit.setText(str(Path(path).with_suffix(ending)))
        self._check()

    def _check(self) -> None:
        named = self.form != C or self.name_edit.hasAcceptableInput()
        ready = bool(self.path_edit.text().strip()) and named
        self.export_button.setEnabled(ready)

    def _browse(self) -> None:
        ask = ask_header if self.form == C else ask_model
        path = ask(self, self.path_edit.text())
        if path is not None:
            self.path_edit.setText(str(path))
