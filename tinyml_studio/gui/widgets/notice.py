"""A notice above the table: a refused edit or a hint, with a button to put it away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.widgets.labels import plain_label


class Notice(QFrame):
    """Hidden until it has something to say; the text can be copied."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.label = plain_label(wrap=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        button = QToolButton()
        button.setText("Dismiss")
        button.setToolTip(plain_tip("Put this notice away"))
        button.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 6, 5)
        layout.addWidget(self.label, 1)
        layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def tell(self, text: str) -> None:
        """Show a text; none hides the notice."""
        self.label.setText(text)
        self.setVisible(bool(text))
