"""Every step of the session; a click goes there, back or forward."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.history import HistoryState, StepRow
from tinyml_studio.gui.states.terms import SQNR
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import DARK, Colours, figure_font
from tinyml_studio.gui.widgets.labels import plain_label
from tinyml_studio.gui.widgets.panel import Panel

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
ABOUT = "Click a step to go there. What comes after it stays until the next change."


class HistoryView(Panel):
    """Told a `HistoryState`; tells which step to go to.

    Attributes
    ----------
    step_chosen
        Place of a step, 0 for the oldest.
    """

    step_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = HistoryState()
        self._colours = DARK
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderLabels(["Step", "Last layer"])
        tip = f"SQNR of the last layer over the live samples, then its change by each step.\n{SQNR}"
        self.list.headerItem().setToolTip(0, plain_tip("Every change of the session, oldest first"))
        self.list.headerItem().setToolTip(1, plain_tip(tip))
        self.list.headerItem().setTextAlignment(1, RIGHT)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the choice stands at the end
        self.list.setFont(figure_font(self.font()))
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self.list.setAccessibleName("History")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 10)
        layout.addWidget(self.list, 1)
        layout.addWidget(plain_label(ABOUT, name="muted", wrap=True))

    def show_state(self, state: HistoryState) -> None:
        """Show other steps, the one in force selected."""
        self._state = state
        while self.list.topLevelItemCount() > len(state.steps):
            self.list.takeTopLevelItem(self.list.topLevelItemCount() - 1)
        while self.list.topLevelItemCount() < len(state.steps):
            self.list.addTopLevelItem(QTreeWidgetItem())
        for place, step in enumerate(state.steps):
            item = self.list.topLevelItem(place)
            if item is not None:
                self._fill(item, step, is_current=place == state.position)
            if item is not None and place == state.position:
                self.list.scrollToItem(item)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self.show_state(self._state)

    def _fill(self, item: QTreeWidgetItem, step: StepRow, *, is_current: bool) -> None:
        font = QFont(self.list.font())
        font.setBold(is_current)
        font.setItalic(step.is_undone)
        colour = QColor(self._colours.muted if step.is_undone else self._colours.text)
        for column, text in enumerate((step.name, step.figures)):
            item.setText(column, text)
            item.setFont(column, font)
            item.setForeground(column, colour)
            item.setToolTip(column, plain_tip(step.tip))
        item.setTextAlignment(1, RIGHT)
        item.setSelected(is_current)

    def _choose(self, item: QTreeWidgetItem) -> None:
        place = self.list.indexOfTopLevelItem(item)
        if place >= 0 and place != self._state.position:
            self.step_chosen.emit(place)
