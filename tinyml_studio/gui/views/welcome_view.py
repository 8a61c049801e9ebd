"""What is shown when nothing is open."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.text import clean, elided, plain_tip
from tinyml_studio.gui.states.welcome import Card
from tinyml_studio.gui.theme import scaled_font
from tinyml_studio.gui.widgets.labels import plain_label

WIDTH = 620
RECENT_SHOWN = 4
DROP_HINT = (
    "Drop a model (ONNX, TensorFlow Lite) or a project (.tmls) here, and calibration data "
    "(.npz, .npy, .csv or a folder of images) with it"
)


class WelcomeView(QFrame):
    """Told the examples and the recent files; tells what is to be opened.

    Attributes
    ----------
    open_asked
        The file dialog is wanted.
    example_chosen
        The name of an example.
    recent_chosen
        The path of a recent file.
    """

    open_asked = Signal()
    example_chosen = Signal(str)
    recent_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        title = plain_label("TinyML Studio")
        title.setFont(scaled_font(self.font(), 2.2, bold=True))
        subtitle = plain_label(
            "See what quantization does to each layer of a network, choose its bits, and export "
            "one C header that computes exactly these integers.",
            name="muted",
            wrap=True,
        )
        self.open_button = QPushButton("Open model or project …")
        self.open_button.setDefault(True)
        self.open_button.clicked.connect(self.open_asked)
        self.examples: list[QPushButton] = []
        self._examples = QVBoxLayout()
        self._examples.setSpacing(8)
        self._recent_title = _heading("Recent")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._centre(self._column(title, subtitle))

    def _column(self, title: QLabel, subtitle: QLabel) -> QVBoxLayout:
        drop = plain_label(DROP_HINT, name="drop", wrap=True)
        drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout()
        column.setSpacing(6)
        for part in (title, subtitle):
            column.addWidget(part)
        column.addSpacing(14)
        column.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(18)
        column.addWidget(_heading("Start with an example"))
        column.addLayout(self._examples)
        column.addSpacing(14)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        column.addSpacing(14)
        column.addWidget(drop)
        return column

    def _centre(self, column: QVBoxLayout) -> None:
        holder = QWidget()
        holder.setMaximumWidth(WIDTH)
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        holder.setLayout(column)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(holder, 100)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 24, 32, 24)
        layout.addStretch(2)
        layout.addLayout(row)
        layout.addStretch(3)

    def show_examples(self, cards: Sequence[Card]) -> None:
        """Show the bundled examples."""
        for button in self.examples:
            button.deleteLater()
        self.examples = [self._card(card) for card in cards]
        for button in self.examples:
            self._examples.addWidget(button)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show the files opened last."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._recent_title.setVisible(bool(paths))
        for path in paths[:RECENT_SHOWN]:
            button = QPushButton(
                _literal(
                    f"{clean(path.name, limit=40)}   {elided(clean(str(path.parent)), limit=56)}"
                )
            )
            button.setObjectName("link")
            button.setToolTip(plain_tip(str(path)))
            button.clicked.connect(lambda _=False, path=path: self.recent_chosen.emit(path))
            self._recent.addWidget(button)

    def _card(self, card: Card) -> QPushButton:
        button = QPushButton()
        button.setObjectName("card")
        button.setAccessibleName(card.title)
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        title = plain_label(card.title)
        title.setFont(scaled_font(self.font(), 1.1, bold=True))
        text = plain_label(card.description, name="muted", wrap=True)
        layout = QVBoxLayout(button)
        layout.setContentsMargins(14, 10, 14, 11)
        layout.setSpacing(2)
        for label in (title, text):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(label)
        button.setMinimumHeight(66)
        button.clicked.connect(lambda: self.example_chosen.emit(card.name))
        return button


def _heading(text: str) -> QLabel:
    label = plain_label(text)
    label.setFont(scaled_font(label.font(), 1.0, bold=True))
    return label


def _literal(text: str) -> str:
    """Text for a button, where an ampersand would mark a shortcut."""
    return text.replace("&", "&&")
