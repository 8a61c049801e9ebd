"""What an empty page says: what to do to see something, and right below what does it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from tinyml_studio.gui.widgets.labels import plain_label


class Invitation(QWidget):
    """A hint with the buttons that it speaks of; without one they stand in their usual row.

    Parameters
    ----------
    home
        The row at whose end the buttons stand where there is something to see.
    controls
        The buttons, from left to right.
    """

    def __init__(self, home: QBoxLayout, *controls: QWidget) -> None:
        super().__init__()
        self._home, self._controls = home, controls
        self._label = plain_label(name="muted", wrap=True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row = QHBoxLayout()
        self._row.addStretch(1)
        self._end = QHBoxLayout()
        self._row.addLayout(self._end)
        self._row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addStretch(1)
        layout.addWidget(self._label)
        layout.addLayout(self._row)
        layout.addStretch(1)
        self._at: QBoxLayout | None = None
        self.show_text("")

    def text(self) -> str:
        """What is said; empty where there is something to see."""
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Say something else; nothing hides the page and sends the buttons home."""
        self._label.setText(text)
        self.setVisible(bool(text))
        place = self._end if text else self._home
        if place is self._at:
            return
        self._at = place
        for control in self._controls:
            has_focus = control.hasFocus()
            place.addWidget(control)
            control.show()
            if has_focus:
                control.setFocus()  # another parent takes it away
