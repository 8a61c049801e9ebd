"""The chip, and gauges of what the network takes of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.budget import BudgetState, Quantity, parse_limit
from tinyml_studio.gui.states.targets import TargetChoice, choice_of
from tinyml_studio.gui.states.text import elided, plain_tip
from tinyml_studio.gui.theme import DARK, Colours
from tinyml_studio.gui.widgets.elided_box import ElidedBox
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.gauge import GaugeRow
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.panel import Panel

FILE = "A file of your own …"
STATUS_LETTERS = 110
SPACING = 6
AUTO_TIP = (
    "After each change the header is compiled for the chip's core and one inference is counted "
    "in an emulator, in the background. Without it, press Estimate."
)
ESTIMATE_TIP = (
    "Compile the header for the chip's core and count one inference in an emulator: flash, stack, "
    "time and energy as measured instead of predicted"
)
PIN_TIP = "Measure changes against the configuration of now instead of the one at the start"


class BudgetView(Panel):
    """Told a `BudgetState`; tells which chip was chosen and which limits were set.

    Attributes
    ----------
    target_chosen
        The name of a chip.
    file_asked
        The file of another chip is to be chosen.
    limit_set
        The name of a limit in the document's budget, and its value or None.
    pinned, estimate_asked, stop_asked
        A button was pressed.
    automatic_chosen
        Whether estimates follow every change.
    refused
        Why a typed limit was not taken.
    """

    target_chosen = Signal(str)
    file_asked = Signal()
    limit_set = Signal(str, object)
    pinned = Signal()
    estimate_asked = Signal()
    stop_asked = Signal()
    automatic_chosen = Signal(bool)
    refused = Signal(str)

    def __init__(self, choices: Sequence[TargetChoice], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices, self._colours = tuple(choices), DARK
        self.target_box = self._make_targets()
        self.rows = {quantity: GaugeRow(quantity) for quantity in Quantity}
        for row in self.rows.values():
            row.limit_typed.connect(self._take_limit)
        self.status = plain_label(name="muted", wrap=True)
        self.status.setMinimumWidth(60)
        self.estimate_button, self.pin_button = QPushButton("Estimate"), QPushButton("Pin")
        self.estimate_button.setToolTip(plain_tip(ESTIMATE_TIP))
        self.estimate_button.clicked.connect(self._press)
        self.pin_button.setToolTip(plain_tip(PIN_TIP))
        self.pin_button.clicked.connect(self.pinned)
        self.automatic = QCheckBox("auto")
        self.automatic.setToolTip(plain_tip(AUTO_TIP))
        self.automatic.clicked.connect(self.automatic_chosen)
        self.baseline = ElidedLabel(name="muted")
        self._hint = EmptyHint(self.data_asked)
        self._runs = False
        self._arrange()

    def _make_targets(self) -> QComboBox:
        box = ElidedBox()
        box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.setMinimumWidth(80)
        box.setMaxVisibleItems(24)
        box.setAccessibleName("Target chip")
        box.setToolTip("The chip that flash, RAM, time and energy are for")
        for choice in self._choices:
            if choice.starts_group and box.count():
                box.insertSeparator(box.count())
            box.addItem(choice.title, choice.name)
            tip = plain_tip(choice.about)
            box.setItemData(box.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        box.insertSeparator(box.count())
        box.addItem(FILE)
        box.activated.connect(self._take_target)
        box.view().setMinimumWidth(box.view().sizeHintForColumn(0) + 24)
        return box

    def _arrange(self) -> None:
        self._body = QWidget()
        self._body.setObjectName("clear")
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(SPACING)
        for row in self.rows.values():
            column.addWidget(row)
        column.addWidget(self.baseline)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._body)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 6, 6)
        self.setMinimumWidth(208)
        layout.setSpacing(6)
        layout.addWidget(self.target_box)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self._scroll, 1)
        self._foot = self._make_foot()
        layout.addWidget(self._foot)

    def _make_foot(self) -> QWidget:
        """What is always in sight: how the figures were found, and the buttons."""
        foot = QWidget()
        column, buttons = QVBoxLayout(foot), QHBoxLayout()
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(6)
        buttons.setSpacing(8)
        buttons.addWidget(self.estimate_button)
        buttons.addWidget(self.automatic)
        buttons.addStretch(1)
        buttons.addWidget(self.pin_button)
        column.addWidget(self.status)
        column.addLayout(buttons)
        return foot

    def show_state(self, state: BudgetState) -> None:
        """Show other figures, or why there are none."""
        self._show_target(state.target)
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(bool(state.hint))
        for part in (self._scroll, self._foot):
            part.setVisible(not state.hint)
        held = {gauge.quantity: gauge for gauge in state.gauges}
        for quantity, row in self.rows.items():
            row.setVisible(quantity in held)
            if quantity in held:
                row.show_gauge(held[quantity])
        self.status.setText(elided(state.status, limit=STATUS_LETTERS))
        self.status.setToolTip(plain_tip(state.status))
        self._runs = state.is_running
        self.estimate_button.setText("Stop" if state.is_running else "Estimate")
        self.estimate_button.setEnabled(state.is_running or state.can_estimate)
        self.automatic.setChecked(state.is_automatic)
        self.baseline.set_text(state.baseline)
        self.pin_button.setToolTip(plain_tip(f"{state.baseline}.\n{PIN_TIP}"))
        self._fit()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        for row in self.rows.values():
            row.set_colours(colours)

    def hint_text(self) -> str:
        """What stands in the place of the gauges."""
        return self._hint.text()

    def _show_target(self, name: str) -> None:
        place = self.target_box.findData(name)
        if place < 0 and name:
            held = choice_of(name)
            place = self.target_box.count() - 2
            self.target_box.insertItem(place, held.title, held.name)
        self.target_box.setCurrentIndex(place)
        self._target = place

    def _take_target(self, place: int) -> None:
        name = self.target_box.itemData(place)
        self.target_box.setCurrentIndex(self._target)
        if name:
            self.target_chosen.emit(name)
        elif self.target_box.itemText(place) == FILE:
            self.file_asked.emit()

    def _take_limit(self, quantity: Quantity, text: str) -> None:
        try:
            value = parse_limit(quantity, text)
        except ValueError as error:
            self.refused.emit(f"{error}.")
            self.rows[quantity].reject()
            return
        self.limit_set.emit(quantity.value, value)

    def _fit(self) -> None:
        """Say what changes are measured against only where no gauge has to scroll for it."""
        shown = [row for row in self.rows.values() if not row.isHidden()]
        wanted = [*shown, self.baseline]
        room = sum(part.sizeHint().height() for part in wanted) + SPACING * len(shown)
        self.baseline.setVisible(room <= self._scroll.viewport().height())

    def _press(self) -> None:
        (self.stop_asked if self._runs else self.estimate_asked).emit()

    # Qt's interface

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another height may have room for more."""
        super().resizeEvent(event)
        self._fit()
