"""What limits the configuration, and what would help."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.advice import (
    SIGNS,
    AdviceLine,
    AdviceState,
    Mark,
    RemedyLine,
)
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import DARK, Colours, figure_font
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.panel import Panel
from tinyml_studio.gui.widgets.wrapping import WrappedRows

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TRY_TIP = (
    "Lowers the network with each remedy and runs it on the live samples, in the background: "
    "every gain is measured"
)


class AdviceView(Panel):
    """Told an `AdviceState`; tells where to look and what to apply.

    Attributes
    ----------
    layer_chosen
        The true name of a layer.
    applied
        The true name of a layer, bits, granularity and range method; what is empty stays.
    try_asked, stop_asked
        A button was pressed.
    """

    layer_chosen = Signal(str)
    applied = Signal(str, str, str, str)
    try_asked = Signal()
    stop_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._colours = AdviceState(), DARK
        self.list = self._make_list()
        self.apply_button, self.try_button = QPushButton("Apply"), QPushButton("Try")
        self.apply_button.setToolTip("Take the selected remedy over, as one step of undo (Enter)")
        self.apply_button.clicked.connect(self._apply)
        self.try_button.setToolTip(plain_tip(TRY_TIP))
        self.try_button.clicked.connect(self._press)
        self.status = ElidedLabel(name="muted")
        self._hint = EmptyHint(self.data_asked)
        bottom = QHBoxLayout()
        bottom.addWidget(self.status, 1)
        bottom.addWidget(self.try_button)
        bottom.addWidget(self.apply_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 8)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.list, 1)
        layout.addLayout(bottom)
        self._refresh()

    def _make_list(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setColumnCount(2)
        made.setHeaderLabels(["What would help", "Gain"])
        made.headerItem().setTextAlignment(1, RIGHT)
        made.headerItem().setToolTip(
            0,
            plain_tip("What limits this configuration; under it what would help, at what cost"),
        )
        made.headerItem().setToolTip(
            1,
            plain_tip("Measured gain of SQNR at the last layer; tooltips say more"),
        )
        made.setFont(figure_font(self.font()))
        made.setIndentation(12)
        made.setRootIsDecorated(False)
        made.setItemDelegate(WrappedRows(made))
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setAccessibleName("Advice")
        header = made.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        made.itemClicked.connect(self._show_layer)
        made.itemActivated.connect(self._activate)
        made.currentItemChanged.connect(lambda *_: self._refresh())
        return made

    def show_state(self, state: AdviceState) -> None:
        """Show other findings, or what to do to see some."""
        if state.lines != self._state.lines:
            self._state = state
            self._fill()
        self._state = state
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(bool(state.hint))
        for part in (self.list, self.apply_button, self.try_button, self.status):
            part.setVisible(not state.hint)
        self.status.set_text(state.status)
        self.try_button.setText("Stop" if state.is_running else "Try")
        self.try_button.setEnabled(state.is_running or not state.is_complete)
        self._refresh()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self._fill()

    def hint_text(self) -> str:
        """What stands in the place of the list."""
        return self._hint.text()

    def _fill(self) -> None:
        self.list.clear()
        for line in self._state.lines:
            item = self._line_item(line)
            for remedy in line.remedies:
                item.addChild(self._remedy_item(remedy))
            self.list.addTopLevelItem(item)
            item.setFirstColumnSpanned(True)
            item.setExpanded(True)

    def _line_item(self, line: AdviceLine) -> QTreeWidgetItem:
        colours = self._colours
        tones = {
            Mark.BAD: colours.suspect_text,
            Mark.LIMIT: colours.integer_text,
            Mark.NOTE: colours.text,
            Mark.GOOD: colours.good_text,
        }
        item = QTreeWidgetItem([f"{SIGNS[line.mark]} {line.text}"])
        item.setForeground(0, QColor(tones[line.mark]))
        item.setToolTip(0, plain_tip(f"{line.text}\n{line.tip}" if line.tip else line.text))
        return item

    def _remedy_item(self, remedy: RemedyLine) -> QTreeWidgetItem:
        colours = self._colours
        item = QTreeWidgetItem([remedy.text, remedy.gain])
        item.setTextAlignment(1, RIGHT)
        item.setForeground(1, QColor(colours.good_text if remedy.helps else colours.muted))
        for column in (0, 1):
            item.setToolTip(column, plain_tip(remedy.tip))
        return item

    def _places(self, item: QTreeWidgetItem | None) -> tuple[AdviceLine, RemedyLine | None] | None:
        """The finding of an item, and its remedy where it is one."""
        if item is None:
            return None
        parent = item.parent()
        place = self.list.indexOfTopLevelItem(parent or item)
        if not 0 <= place < len(self._state.lines):
            return None
        line = self._state.lines[place]
        return line, line.remedies[parent.indexOfChild(item)] if parent is not None else None

    def _show_layer(self, item: QTreeWidgetItem) -> None:
        found = self._places(item)
        if found is not None and found[0].key:
            self.layer_chosen.emit(found[0].key)

    def _activate(self, item: QTreeWidgetItem) -> None:
        self._apply() if item.parent() is not None else self._show_layer(item)

    def _apply(self) -> None:
        found = self._places(self.list.currentItem())
        remedy = found[1] if found is not None else None
        if found is not None and remedy is not None:
            self.applied.emit(found[0].key, remedy.bits, remedy.granularity, remedy.method)

    def _refresh(self) -> None:
        found = self._places(self.list.currentItem())
        self.apply_button.setEnabled(found is not None and found[1] is not None)

    def _press(self) -> None:
        (self.stop_asked if self._state.is_running else self.try_asked).emit()
