"""The strip of facts above the table."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from tinyml_studio.gui.states.summary import Fact, SummaryState, Tone
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import DARK, Colours, figure_font, scaled_font
from tinyml_studio.gui.widgets.labels import plain_label


class SummaryView(QFrame):
    """Told a `SummaryState`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._colours = DARK
        self._cells: list[FactCell] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(14, 6, 14, 7)
        self._row.setSpacing(26)
        self._row.addStretch(1)
        self._pending = plain_label("updating …", name="muted")
        self._row.addWidget(self._pending, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_state(self, state: SummaryState) -> None:
        """Show other facts."""
        while len(self._cells) < len(state.facts):
            cell = FactCell()
            self._row.insertWidget(len(self._cells), cell)
            self._cells.append(cell)
        for place, cell in enumerate(self._cells):
            cell.setVisible(place < len(state.facts))
            if place < len(state.facts):
                cell.show_fact(state.facts[place], self._colours)
        policy = self._pending.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._pending.setSizePolicy(policy)
        self._pending.setVisible(state.pending)

    def facts(self) -> dict[str, str]:
        """What is shown: value by label."""
        return {cell.label.text(): cell.value.text() for cell in self._cells if not cell.isHidden()}

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        for cell in self._cells:
            cell.paint_with(colours)


class FactCell(QWidget):
    """A small heading and the figure below it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = Tone.PLAIN
        self.label = plain_label(name="muted")
        self.label.setFont(scaled_font(self.font(), 0.85))
        self.value = plain_label()
        self.value.setFont(figure_font(scaled_font(self.font(), 1.1, bold=True)))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.label)
        layout.addWidget(self.value)

    def show_fact(self, fact: Fact, colours: Colours) -> None:
        """Show another fact."""
        self._tone = fact.tone
        self.label.setText(fact.label)
        self.value.setText(fact.value)
        self.setToolTip(plain_tip(fact.tip))
        self.paint_with(colours)

    def paint_with(self, colours: Colours) -> None:
        """Colour the figure by its tone."""
        tones = {
            Tone.PLAIN: colours.text,
            Tone.FLOAT: colours.accent,
            Tone.INTEGER: colours.integer_text,
            Tone.SUSPECT: colours.suspect_text,
            Tone.MUTED: colours.muted,
        }
        palette = self.value.palette()
        palette.setColor(QPalette.ColorRole.WindowText, tones[self._tone])
        self.value.setPalette(palette)
