"""The header as it would be exported: read, copy, export."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.code import CodeState
from tinyml_studio.gui.states.text import MISSING, data_size, plain_tip
from tinyml_studio.gui.theme import Colours, figure_font
from tinyml_studio.gui.widgets.code_text import CodeText
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.panel import Panel
from tinyml_studio.gui.widgets.wrapping import WrappedRows

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

SHARES = (8, 5)
"""Text and sections, at any width."""
NARROW = 760
AT_ONCE = 150
"""Sections that are listed within some milliseconds."""


class CodeView(Panel):
    """Told a `CodeState`; tells when it is to be exported.

    Attributes
    ----------
    export_asked
        The header is to be written to a file.
    verify_asked
        The header is to be compared with the simulator.
    """

    export_asked = Signal()
    verify_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._listed = CodeState(), 0
        self._more = QTimer(self)
        self._more.setInterval(1)
        self._more.timeout.connect(self._list)
        self.text = CodeText()
        self.sections = QTreeWidget()
        self.sections.setHeaderLabels(["Section", "Constants", "Text"])
        self.sections.setRootIsDecorated(False)
        self.sections.setItemDelegate(WrappedRows(self.sections))
        header = self.sections.header()
        header.setStretchLastSection(False)
        header.setResizeContentsPrecision(AT_ONCE)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            self.sections.headerItem().setTextAlignment(column, RIGHT)
        self.sections.setFont(figure_font(self.font()))
        about = "Parts of the header; a click goes there"
        self.sections.headerItem().setToolTip(0, plain_tip(about))
        self.sections.headerItem().setToolTip(1, plain_tip("What its arrays take in flash"))
        self.sections.headerItem().setToolTip(2, plain_tip("Length of its text in the file"))
        self.sections.currentItemChanged.connect(self._go_to)
        self._about, self._removed = ElidedLabel(name="muted"), ElidedLabel(name="muted")
        self._hint = EmptyHint(self.data_asked)
        self.copy_button, self.export_button = QPushButton("Copy"), QPushButton("Export …")
        self.verify_button = QPushButton("Verify")
        self.verify_button.setToolTip("Compile the header, run it, compare it with the simulator")
        self.verify_button.clicked.connect(self.verify_asked)
        self.copy_button.setToolTip("Copy the whole header")
        self.copy_button.clicked.connect(self._copy)
        self.export_button.setToolTip("Choose target, name and place, and write the files")
        self.export_button.clicked.connect(self.export_asked)
        self._arrange()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._about, 1)
        top.addWidget(self.verify_button)
        top.addWidget(self.copy_button)
        top.addWidget(self.export_button)
        self._split = QSplitter()
        self._split.addWidget(self.text)
        self._split.addWidget(self.sections)
        for place, share in enumerate(SHARES):
            self._split.setStretchFactor(place, share)
        self._split.setSizes([100 * share for share in SHARES])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 6)
        layout.addLayout(top)
        layout.addWidget(self._removed)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._split, 1)

    def show_state(self, state: CodeState) -> None:
        """Show another header, or why there is none."""
        if state.text != self._state.text:
            self.text.show_state(state)
            self._state, self._listed = state, 0
            self._more.start()
            self._list()
        self._state = state
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(not state.text)
        self._split.setVisible(bool(state.text))
        for button in (self.copy_button, self.export_button, self.verify_button):
            button.setEnabled(bool(state.text))
        self._about.set_text(state.about)
        self._removed.set_text(state.removed)
        self._removed.setVisible(bool(state.removed))

    def removed_text(self) -> str:
        """What the export left out; empty where nothing was."""
        return self._removed.text()

    def about_text(self) -> str:
        """The line above the text."""
        return self._about.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.text.set_colours(colours)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Where there is little room the names have it, and lengths of text stand in tooltips."""
        super().resizeEvent(event)
        self.sections.setColumnHidden(2, self.width() < NARROW)

    def _list(self) -> None:
        """List some more of the sections that are shown; rows that are there are only changed."""
        held, first = self._state.listed, self._listed
        self._listed = min(first + AT_ONCE, len(held))
        if self._listed == len(held):
            self._more.stop()
            while self.sections.topLevelItemCount() > len(held):
                self.sections.takeTopLevelItem(self.sections.topLevelItemCount() - 1)
        new = [QTreeWidgetItem() for _ in range(self.sections.topLevelItemCount(), self._listed)]
        for item in new:
            for column in (1, 2):
                item.setTextAlignment(column, RIGHT)
        self.sections.addTopLevelItems(new)
        for place, section in enumerate(held[first : self._listed], first):
            constants = data_size(section.constant_bytes) if section.constant_bytes else MISSING
            texts = (section.name, constants, data_size(section.text_bytes))
            row = self.sections.topLevelItem(place)
            if row is not None:
                _write(row, texts)

    def _go_to(self, item: QTreeWidgetItem | None) -> None:
        place = self.sections.indexOfTopLevelItem(item) if item is not None else -1
        if 0 <= place < len(self._state.sections):
            self.text.go_to(self._state.sections[place].line)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._state.text)


def _write(item: QTreeWidgetItem, texts: Sequence[str]) -> None:
    """Write the columns that say something else."""
    if (item.text(0), item.text(2)) != (texts[0], texts[2]):
        item.setToolTip(0, plain_tip(f"{texts[0]}\n{texts[2]} of text"))
    for column, text in enumerate(texts):
        if item.text(column) != text:
            item.setText(column, text)
