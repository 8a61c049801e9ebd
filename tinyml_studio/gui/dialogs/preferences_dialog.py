"""What a person sets once: look, defaults of new work, and how often unsaved work is kept."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.arith.profile import ARITHMETICS
from tinyml_studio.gui.settings import AUTOSAVE_CHOICES, LIVE_CHOICES, WindowSettings
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import ThemeChoice

THEMES = {
    ThemeChoice.SYSTEM: "As the system",
    ThemeChoice.LIGHT: "Light",
    ThemeChoice.DARK: "Dark",
}
Choices = Sequence[tuple[object, str]]


class PreferencesDialog(QDialog):
    """Shows the settings and writes them when it is accepted.

    Attributes
    ----------
    changed
        The settings are written.
    """

    changed = Signal()

    def __init__(
        self,
        settings: WindowSettings,
        targets: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self._settings = settings
        seconds = [(value, f"After {value} s" if value else "Never") for value in AUTOSAVE_CHOICES]
        engines = [("", "As the model's file suggests"), *((name, name) for name in ARITHMETICS)]
        held = settings
        self.theme_box = _box(tuple(THEMES.items()), held.theme)
        self.target_box = _box(targets, held.target)
        self.arithmetic_box = _box(engines, held.arithmetic)
        self.live_box = _box([(count, str(count)) for count in LIVE_CHOICES], held.live_samples)
        self.autosave_box = _box(seconds, held.autosave_seconds)
        self._arrange()

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(9)
        for title, box, tip in (
            ("Theme", self.theme_box, "Colours of the window"),
            ("Target", self.target_box, "The chip of a project that names none"),
            ("Arithmetic", self.arithmetic_box, "Whose integers a float model begins with"),
            ("Live samples", self.live_box, "Over how many the errors are measured while you edit"),
            ("Keep unsaved work", self.autosave_box, "So that it can be recovered after a crash"),
        ):
            box.setToolTip(plain_tip(tip))
            form.addRow(title, box)
        kinds = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        layout.addLayout(form)
        layout.addWidget(buttons)
        self.setMinimumWidth(380)

    def accept(self) -> None:
        """Write the settings and tell."""
        held = self._settings
        held.theme = ThemeChoice(self.theme_box.currentData())
        held.target = self.target_box.currentData()
        held.arithmetic = self.arithmetic_box.currentData()
        held.live_samples = self.live_box.currentData()
        held.autosave_seconds = self.autosave_box.currentData()
        super().accept()
        self.changed.emit()


def _box(choices: Choices, held: object) -> QComboBox:
    """A list with the held value chosen, or the first."""
    box = QComboBox()
    for value, title in choices:
        box.addItem(title, value)
    values = [value for value, _ in choices]
    box.setCurrentIndex(values.index(held) if held in values else 0)
    return box
