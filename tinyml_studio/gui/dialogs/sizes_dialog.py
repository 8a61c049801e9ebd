"""How large the inputs of a model are on axes that its file leaves open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.text import clean, plain_tip
from tinyml_studio.gui.widgets.labels import plain_label

ABOUT = (
    "{name} leaves sizes of its inputs open. Integers, memory and header are made for one size, "
    "which the project keeps."
)
LARGEST = 2**31 - 1
FIELD = 74
AXES = Sequence[int | None]


class SizesDialog(QDialog):
    """Asks for the sizes of open axes.

    Parameters
    ----------
    name
        The model's file name.
    inputs
        Name of every input that has an open axis, and its sizes: first the batch, None where open.

    Attributes
    ----------
    chosen
        The person pressed Open; carries the shapes by the inputs' names, the batch first.
    """

    chosen = Signal(object)

    def __init__(
        self, name: str, inputs: Sequence[tuple[str, AXES]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Input Sizes")
        self._inputs = dict(inputs)
        self.fields: dict[tuple[str, int], QLineEdit] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        for held, axes in inputs:
            label, row = plain_label(clean(held, limit=40)), self._row(held, axes)
            label.setMinimumHeight(row.sizeHint().height())
            form.addRow(label, row)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.open_button = buttons.addButton("Open", QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        about = ABOUT.format(name=clean(name, limit=60))
        layout.addWidget(plain_label(about, name="muted", wrap=True))
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(460)
        self._check()

    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """What stands in the fields."""
        return {
            name: tuple(self._size(name, axis, size) for axis, size in enumerate(axes))
            for name, axes in self._inputs.items()
        }

    def accept(self) -> None:
        """Tell the sizes and close."""
        shapes = self.shapes()
        super().accept()
        self.chosen.emit(shapes)

    def _row(self, name: str, axes: AXES) -> QHBoxLayout:
        """The axes behind the batch, with a field for each open one."""
        row = QHBoxLayout()
        row.setSpacing(6)
        for axis, size in enumerate(axes[1:], start=1):
            if axis > 1:
                row.addWidget(plain_label("×", name="muted"))
            row.addWidget(self._field(name, axis) if size is None else plain_label(str(size)))
        row.addStretch(1)
        return row

    def _field(self, name: str, axis: int) -> QLineEdit:
        field = QLineEdit()
        field.setFixedWidth(FIELD)
        field.setPlaceholderText("size")
        validator = QIntValidator(1, LARGEST, self)
        validator.setLocale(field.locale())
        field.setValidator(validator)
        field.setAccessibleName(f"Axis {axis} of {clean(name, limit=40)}")
        field.setToolTip(plain_tip(f"Axis {axis} of the input; axis 0 is the batch"))
        field.textChanged.connect(self._check)
        self.fields[name, axis] = field
        return field

    def _size(self, name: str, axis: int, size: int | None) -> int:
        """A size of the file, 1 for an open batch, or what is in the field."""
        field = self.fields.get((name, axis))
        if field is None:
            return size or 1
        value, _ = field.locale().toInt(field.text())  # "16,000" or "16.000", as its validator
        return value

    def _check(self) -> None:
        """It can be opened when every field holds a size."""
        fields = self.fields.values()
        self.open_button.setEnabled(all(field.hasAcceptableInput() for field in fields))
