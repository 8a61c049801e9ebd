"""The strip of facts above the table."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from tinyml_studio.gui.states.summary import Fact, Headline, SummaryState, Tone, fitting
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import DARK, Colours, figure_font, scaled_font
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.panel import Panel

GAP = 24


class SummaryView(Panel):
    """Told a `SummaryState`; tells where to look.

    Attributes
    ----------
    layer_chosen
        The true name of the layer that the sentence is about.
    """

    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._colours = DARK
        self._cells: list[FactCell] = []
        self._facts: tuple[Fact, ...] = ()
        self._shows_facts = True
        self.headline = HeadlineLabel()
        self.headline.pressed.connect(self.layer_chosen)
        self._facts_row = QWidget()
        self._row = QHBoxLayout(self._facts_row)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._row.addStretch(1)
        self._pending = plain_label("updating …", name="muted")
        self._row.addWidget(self._pending, 0, Qt.AlignmentFlag.AlignVCenter)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(14, 6, 14, 7)
        column.setSpacing(4)
        column.addWidget(self.headline)
        column.addWidget(self._facts_row)

    def show_state(self, state: SummaryState) -> None:
        """Show other facts."""
        while len(self._cells) < len(state.facts):
            cell = FactCell()
            self._row.insertWidget(len(self._cells), cell)
            self._cells.append(cell)
        self._facts = state.facts
        self.headline.show_headline(state.headline, self._colours)
        for cell, fact in zip(self._cells, state.facts, strict=False):
            cell.show_fact(fact, self._colours)
        policy = self._pending.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._pending.setSizePolicy(policy)
        self._pending.setVisible(state.pending)
        self._fit()

    def facts(self) -> dict[str, str]:
        """What is shown: value by label."""
        shown = [cell for cell in self._cells if not cell.isHidden() and self._shows_facts]
        return {cell.label.text(): cell.value.text() for cell in shown}

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self.headline.paint_with(colours)
        for cell in self._cells:
            cell.paint_with(colours)

    def set_low(self, *, is_low: bool) -> None:
        """In a low window the sentence stands alone, and the layers have the room of the facts."""
        self._shows_facts = not is_low
        self._facts_row.setVisible(not is_low)

    def _fit(self) -> None:
        """Show the facts for which there is room."""
        margins = self._column.contentsMargins()
        taken = margins.left() + margins.right() + self._pending.sizeHint().width() + GAP
        widths = [cell.sizeHint().width() + GAP for cell in self._cells[: len(self._facts)]]
        shown = fitting(self._facts, widths, self.width() - taken)
        for place, cell in enumerate(self._cells):
            cell.setVisible(place < len(shown) and shown[place])

    # Qt's interface

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fit the facts to the new width."""
        self._fit()
        super().resizeEvent(event)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As high as a fact, and no wider than the window likes."""
        return QSize(160, super().minimumSizeHint().height())


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
        paint(self.value, self._tone, colours)


class HeadlineLabel(ElidedLabel):
    """The sentence above the facts; a click tells the layer that it is about."""

    pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._layer, self._tone = "", Tone.PLAIN
        self.hide()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The same for every sentence, so that a new one does not lay the whole window out anew."""
        return QSize(160, super().sizeHint().height())

    def show_headline(self, headline: Headline | None, colours: Colours) -> None:
        """Show another sentence; None hides it."""
        self.setVisible(headline is not None)
        if headline is None:
            return
        self._layer, self._tone = headline.layer, headline.tone
        self.set_text(headline.text)
        self.setToolTip(plain_tip(f"{headline.text}\n{headline.tip}".strip()))
        shape = Qt.CursorShape
        self.setCursor(shape.PointingHandCursor if self._layer else shape.ArrowCursor)
        self.paint_with(colours)

    def paint_with(self, colours: Colours) -> None:
        """Colour the sentence by its tone."""
        paint(self, self._tone, colours)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell the layer."""
        is_inside = self.rect().contains(event.position().toPoint())
        if self._layer and is_inside and event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit(self._layer)


def paint(widget: QWidget, tone: Tone, colours: Colours) -> None:
    """Colour the text of a widget by its tone."""
    tones = {
        Tone.PLAIN: colours.text,
        Tone.FLOAT: colours.accent,
        Tone.INTEGER: colours.integer_text,
        Tone.SUSPECT: colours.suspect_text,
        Tone.MUTED: colours.muted,
        Tone.GOOD: colours.good_text,
    }
    palette = widget.palette()
    palette.setColor(QPalette.ColorRole.WindowText, tones[tone])
    widget.setPalette(palette)
