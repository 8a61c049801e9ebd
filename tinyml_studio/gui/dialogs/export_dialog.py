"""What to export: format, target, name, files, self-test and place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QRegularExpression, Qt, Signal
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.dialogs.files import ask_header, ask_model
from tinyml_studio.gui.states.text import clean, plain_tip
from tinyml_studio.gui.widgets.labels import plain_label

C, CMSIS = "c", "cmsis-nn"
C_FORMS = (C, CMSIS)
FORMATS = {
    C: "C header",
    CMSIS: "C header that calls CMSIS-NN",
    "onnx": "ONNX QDQ",
    "onnx-qoperator": "ONNX QOperator",
}
ABOUT = {
    C: "For a microcontroller: the simulator's integers, bit for bit.",
    CMSIS: "For firmware that must use CMSIS-NN 7: the same integers, its kernels where it can.",
    "onnx": "Real operators between QuantizeLinear and DequantizeLinear, for other engines.",
    "onnx-qoperator": "Operators on integers where a layer has one; takes the arithmetic onnx.",
}
MOST_VECTORS = 64
USUAL_VECTORS = 2
FIELD_WIDTH = 460
QUANTIZED = "_quantized"
"""Behind the name of a model that is written, which must not be that of the model it came from."""
SELF_TEST = (
    "Inputs with their expected outputs, compiled in with a macro only: the device can prove that "
    "it computes the same integers."
)
SPLIT_TIP = "For projects that include the header from several source files"


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What was chosen; `split` puts the definitions into a source file beside the header."""

    path: Path
    target: str
    name: str
    self_test: int
    form: str = C
    split: bool = False


def identifier(text: str) -> str:
    """A C prefix made of a file's name."""
    kept = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
    return (kept if kept[:1].isalpha() else f"model_{kept}".rstrip("_"))[:31]


def about_name(name: str) -> str:
    """What the prefix is for, and the macros of sections that bear it."""
    prefix = name.upper() or "NAME"
    return (
        f"Prefix of every name in C. {prefix}_WEIGHTS and {prefix}_CONST, defined when it is "
        "compiled, place weights and other constants in a section of their own."
    )


def about_files(choice: ExportChoice) -> str:
    """Which files are written, as far as the path does not say it, and which are replaced."""
    files = [choice.path]
    if choice.split:
        files.append(choice.path.with_suffix(".c"))
    replaced = " and ".join(clean(file.name, limit=60) for file in files if file.is_file())
    words = [f"Also writes {clean(files[1].name, limit=60)}."] if choice.split else []
    return " ".join([*words, *([f"Replaces {replaced}."] if replaced else [])])


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
        self.format_box.setToolTip("What is written")
        for form, title in FORMATS.items():
            self.format_box.addItem(title, form)
        self._about = _words(ABOUT[C])
        self._make_target(targets, target)
        self._make_name(name)
        self.split_box = QCheckBox("Definitions in a .c file beside the header")
        self.split_box.setToolTip(plain_tip(SPLIT_TIP))
        self.test_box = QSpinBox()
        self.test_box.setRange(0, MOST_VECTORS)
        self.test_box.setSpecialValueText("None")
        self.test_box.lineEdit().setTextMargins(6, 0, 0, 0)
        self.test_box.setValue(USUAL_VECTORS)
        self.test_box.setAccessibleName("Samples of the self-test")
        self.path_edit = QLineEdit(str(folder / f"{identifier(name)}.h"))
        self._files = _words()
        self._form = QFormLayout()
        self._c_rows: list[int] = []
        self._arrange()
        self._connect()
        self._check()

    def _make_target(self, targets: Sequence[tuple[str, str]], target: str | None) -> None:
        """The chips, and the one in force, which may be a file of the person's own."""
        self.target_box = QComboBox()
        self.target_box.setToolTip("The chip that the header is made for")
        for key, title in targets:
            self.target_box.addItem(title, key)
        if target and self.target_box.findData(target) < 0:
            self.target_box.addItem(clean(Path(target).name, limit=60), target)
        self.target_box.setCurrentIndex(max(self.target_box.findData(target), 0))

    def _make_name(self, name: str) -> None:
        self.name_edit = QLineEdit(identifier(name))
        self.name_edit.setMaxLength(31)
        pattern = QRegularExpression("[A-Za-z][A-Za-z0-9_]*")
        self.name_edit.setValidator(QRegularExpressionValidator(pattern, self))
        self._about_name = _words()

    def _arrange(self) -> None:
        self._browse_button = QPushButton("Browse …")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.path_edit, 1)
        row.addWidget(self._browse_button)
        self._form.setHorizontalSpacing(14)
        self._form.setVerticalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.addRow("Format", self.format_box)
        self._form.addRow("", self._about)
        self._add_c("Target", self.target_box)
        self._add_c("Name", self.name_edit)
        self._add_c("", self._about_name)
        self._add_c("Self-test", self.test_box)
        self._add_c("", _words(SELF_TEST))
        self._add_c("Files", self.split_box)
        self._form.addRow("File", row)
        self._form.addRow("", self._files)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button = buttons.addButton("Export", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(self._form)
        layout.addStretch(1)
        layout.addWidget(buttons)

    def _add_c(self, title: str, field: QWidget) -> None:
        """A row that only C has."""
        self._c_rows.append(self._form.rowCount())
        self._form.addRow(title, field)

    def _connect(self) -> None:
        self._browse_button.clicked.connect(self._browse)
        self.format_box.currentIndexChanged.connect(self._take_format)
        self.split_box.toggled.connect(self._check)
        self.test_box.valueChanged.connect(self._show_count)
        for edit in (self.name_edit, self.path_edit):
            edit.textChanged.connect(self._check)
        self._show_count(self.test_box.value())

    def choice(self) -> ExportChoice:
        """What stands in the fields."""
        return ExportChoice(
            Path(self.path_edit.text()),
            str(self.target_box.currentData()),
            self.name_edit.text(),
            self.test_box.value(),
            self.form,
            split=self.is_c and self.split_box.isChecked(),
        )

    @property
    def form(self) -> str:
        """The format that is chosen."""
        return str(self.format_box.currentData())

    @property
    def is_c(self) -> bool:
        """Whether that is one of C."""
        return self.form in C_FORMS

    def accept(self) -> None:
        """Tell the choice and close."""
        choice = self.choice()
        super().accept()
        self.chosen.emit(choice)

    def _take_format(self) -> None:
        """Show what the format takes, and give the file its ending."""
        for row in self._c_rows:
            self._form.setRowVisible(row, self.is_c)
        self._about.setText(ABOUT[self.form])
        path = Path(self.path_edit.text())
        if path.suffix.lower() in (".h", ".onnx"):
            stem = path.stem.removesuffix(QUANTIZED)
            name = f"{stem}.h" if self.is_c else f"{stem}{QUANTIZED}.onnx"
            self.path_edit.setText(str(path.with_name(name)))
        self._check()
        self.adjustSize()  # no dead space where the rows of C were

    def _show_count(self, count: int) -> None:
        self.test_box.setSuffix(" sample" if count == 1 else " samples")

    def _check(self) -> None:
        """Say what follows from the fields, and whether it can be written."""
        named = not self.is_c or self.name_edit.hasAcceptableInput()
        has_path = bool(self.path_edit.text().strip())
        self._about_name.setText(about_name(self.name_edit.text()))
        self._files.setText((about_files(self.choice()) if has_path else "") or " ")
        self.export_button.setEnabled(has_path and named)

    def _browse(self) -> None:
        ask = ask_header if self.is_c else ask_model
        path = ask(self, self.path_edit.text())
        if path is not None:
            self.path_edit.setText(str(path))


def _words(text: str = "") -> QLabel:
    """What is said about a field; as wide as the fields, so that it takes no more lines."""
    label = plain_label(text, name="muted", wrap=True)
    label.setMinimumWidth(FIELD_WIDTH)
    return label
