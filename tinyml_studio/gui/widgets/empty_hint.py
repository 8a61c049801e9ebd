"""What stands in the place of a chart: what is missing, and the button that brings it."""

from __future__ import annotations

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from tinyml_studio.gui.widgets.labels import plain_label


class EmptyHint(QWidget):
    """A sentence in the middle of a page, and the button for data where it asks for them.

    Parameters
    ----------
    asked
        Emitted when a person wants to choose calibration data.
    """

    def __init__(self, asked: SignalInstance) -> None:
        super().__init__()
        self._label = plain_label(name="muted", wrap=True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.data_button = QPushButton("Choose data …")
        self.data_button.setToolTip("Typical inputs of the network, on which ranges are measured")
        self.data_button.clicked.connect(asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addStretch(1)
        layout.addWidget(self._label)
        layout.addWidget(self.data_button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)
        self.set_text("")

    def text(self) -> str:
        """What is said."""
        return self._label.text()

    def set_text(self, text: str, *, asks_data: bool = False) -> None:
        """Say something else; with `asks_data` calibration data would help."""
        self._label.setText(text)
        self.data_button.setVisible(asks_data)
