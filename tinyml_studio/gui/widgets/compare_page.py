"""A page: the integers of this program against those of another engine or of a device."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.choices import ARITHMETICS
from tinyml_studio.gui.states.comparison import CompareState
from tinyml_studio.gui.theme import DARK, Colours, figure_font
from tinyml_studio.gui.widgets.choice_box import ChoiceBox
from tinyml_studio.gui.widgets.invitation import Invitation
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ComparePage(QWidget):
    """Told a `CompareState`.

    Attributes
    ----------
    arithmetic_asked
        The name of the arithmetic to compare with.
    dump_asked
        A folder of a device's tensors is to be chosen.
    layer_chosen
        The true name of a layer.
    """

    arithmetic_asked = Signal(str)
    dump_asked = Signal()
    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._colours = CompareState(), DARK
        self.arithmetics = ChoiceBox(ARITHMETICS, "The arithmetic to compare with")
        self.compare_button = QPushButton("Compare")
        self.compare_button.setToolTip("Run the samples with the other arithmetic, too")
        self.dump_button = QPushButton("Device dump …")
        self.dump_button.setToolTip("Compare with tensors that a device has left in a folder")
        self.compare_button.clicked.connect(lambda: self.arithmetic_asked.emit(self.chosen()))
        self.dump_button.clicked.connect(self.dump_asked)
        self._title, self._cause = ElidedLabel(), plain_label(name="muted", wrap=True)
        self._cause.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.lines = self._make_list()
        top = QHBoxLayout()
        top.addStretch(1)
        self._hint = Invitation(top, self.arithmetics, self.compare_button, self.dump_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._title)
        layout.addWidget(self._cause)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.lines, 1)

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setHeaderLabels(["Layer", "Differ", "Largest, steps"])
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setFont(figure_font(self.font()))
        header = made.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, tip in ((1, "Share of the values"), (2, "In steps of this program's grid")):
            made.headerItem().setTextAlignment(column, RIGHT)
            made.headerItem().setToolTip(column, tip)
        made.itemClicked.connect(self._choose)
        return made

    def offer(self, names: tuple[str, ...]) -> None:
        """The arithmetics that can be compared with."""
        current = self.chosen()
        self.arithmetics.offer(names, current if current in names else names[0] if names else "")

    def chosen(self) -> str:
        """The arithmetic in the list."""
        titles = {title: name for name, (title, _) in ARITHMETICS.items()}
        return titles.get(self.arithmetics.currentText(), "")

    def show_state(self, state: CompareState) -> None:
        """Show another result, or what to do to see one."""
        self._state = state
        self._title.set_text(f"▾ {state.title}" if state.first else state.title)
        self._cause.setText(state.cause)
        self._cause.setVisible(bool(state.cause))
        self._title.setVisible(bool(state.title))
        self._hint.show_text(state.hint)
        self.lines.setVisible(not state.hint)
        self.lines.clear()
        for line in state.lines:
            item = QTreeWidgetItem([line.name, line.share, line.largest])
            for column in (1, 2):
                item.setTextAlignment(column, RIGHT)
            if line.key == state.first:
                item.setForeground(0, QColor(self._colours.suspect_text))
            self.lines.addTopLevelItem(item)

    def set_busy(self, *, busy: bool) -> None:
        """A run is on its way."""
        self.compare_button.setEnabled(not busy)
        self.dump_button.setEnabled(not busy)

    def texts(self) -> tuple[str, str, str]:
        """Title, cause and hint."""
        return self._title.text(), self._cause.text(), self._hint.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self.show_state(self._state)

    def _choose(self, item: QTreeWidgetItem) -> None:
        place = self.lines.indexOfTopLevelItem(item)
        if 0 <= place < len(self._state.lines):
            self.layer_chosen.emit(self._state.lines[place].key)
