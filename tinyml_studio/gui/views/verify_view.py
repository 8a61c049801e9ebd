"""The report of a verification: header against simulator, here and on the chip's core."""

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

from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.states.verification import COLUMNS, TIPS, RunRow, VerificationState
from tinyml_studio.gui.theme import DARK, Colours, figure_font
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.invitation import Invitation
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.panel import Panel

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
FIGURES = range(2, 6)


class VerifyView(Panel):
    """Told a `VerificationState`; tells when to verify and where to look.

    Attributes
    ----------
    verify_asked
        The button was pressed.
    layer_chosen
        The true name of the first layer that differs.
    """

    verify_asked = Signal()
    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._colours = VerificationState(), DARK
        self.headline = ElidedLabel()
        self.verify_button, self.layer_button = QPushButton("Verify"), QPushButton("Show the layer")
        self.verify_button.setToolTip("Compile the header, run it, compare it with the simulator")
        self.verify_button.clicked.connect(self.verify_asked)
        self.layer_button.setToolTip("Select the first layer whose checksum differs")
        self.layer_button.clicked.connect(lambda: self.layer_chosen.emit(self._state.differing))
        self.runs = self._make_list()
        self.notes = plain_label(name="muted", wrap=True)
        self.notes.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        top = QHBoxLayout()
        top.addWidget(self.headline, 1)
        top.addWidget(self.layer_button)
        self._hint, self._lack = Invitation(top, self.verify_button), EmptyHint(self.data_asked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.addLayout(top)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._lack, 1)
        layout.addWidget(self.runs, 1)
        layout.addWidget(self.notes)
        self.show_state(self._state)

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setHeaderLabels(list(COLUMNS))
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setFont(figure_font(self.font()))
        made.setAccessibleName("Builds that ran")
        header = made.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        for column, tip in enumerate(TIPS):
            made.headerItem().setToolTip(column, plain_tip(tip))
            if column in FIGURES:
                made.headerItem().setTextAlignment(column, RIGHT)
        return made

    def show_state(self, state: VerificationState) -> None:
        """Show another report, or what to do to see one."""
        self._state = state
        self._hint.show_text("" if state.asks_data else state.hint)
        self._lack.set_text(state.hint, asks_data=state.asks_data)
        self._lack.setVisible(state.asks_data)
        self.verify_button.setVisible(not state.asks_data)
        self.runs.setVisible(not state.hint)
        old = "  (before the last change)" if state.is_old else ""
        sign = {None: "", True: "✓ ", False: "▾ "}[state.agrees]
        self.headline.set_text(f"{sign}{state.headline}{old}")
        self.notes.setText("\n".join(state.notes))
        self.notes.setVisible(bool(state.notes) and not state.hint)
        self.layer_button.setVisible(bool(state.differing))
        self.verify_button.setEnabled(state.can_run)
        self._fill()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self._fill()

    def hint_text(self) -> str:
        """What stands in the place of the report."""
        return self._lack.text() or self._hint.text()

    def _fill(self) -> None:
        state, colours = self._state, self._colours
        self.runs.clear()
        for row in state.rows:
            self.runs.addTopLevelItem(self._item(row))
        tone = {None: colours.text, True: colours.good_text, False: colours.suspect_text}
        palette = self.headline.palette()
        ink = colours.muted if state.is_old else tone[state.agrees]
        palette.setColor(self.headline.foregroundRole(), QColor(ink))
        self.headline.setPalette(palette)

    def _item(self, row: RunRow) -> QTreeWidgetItem:
        colours = self._colours
        item = QTreeWidgetItem(list(row.cells))
        for column in FIGURES:
            item.setTextAlignment(column, RIGHT)
        if row.agrees is None:
            for column in range(len(COLUMNS)):
                item.setForeground(column, QColor(colours.muted))
        else:
            tone = colours.good_text if row.agrees else colours.suspect_text
            item.setForeground(1, QColor(tone))
        about = f"{row.cells[0]}\n{row.compiler}" if row.compiler else row.cells[0]
        item.setToolTip(0, plain_tip(about))
        return item
