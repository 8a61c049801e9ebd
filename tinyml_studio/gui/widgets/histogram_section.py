"""A plot with its heading: a histogram, or the strip of channels."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from tinyml_studio.gui.states.alike import alike
from tinyml_studio.gui.states.channels import ChannelStrip
from tinyml_studio.gui.states.distribution import HistogramState
from tinyml_studio.gui.states.terms import GRID
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import scaled_font
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.plots_channels import ChannelsPlot
from tinyml_studio.gui.widgets.plots_histogram import HistogramPlot


class HistogramSection(QWidget):
    """A heading with facts, and its histogram.

    Parameters
    ----------
    about
        What the heading's tooltip says.

    Attributes
    ----------
    reset_asked
        The range that was set by hand is to go.
    """

    reset_asked = Signal()

    def __init__(self, about: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = plain_label()
        self.title.setToolTip(plain_tip(about))
        self.title.setFont(scaled_font(self.font(), 1.0, bold=True))
        self.note = ElidedLabel(name="muted")
        self.facts = plain_label(name="muted", wrap=True)
        self.facts.setToolTip(plain_tip(GRID))
        self.plot = HistogramPlot()
        self.plot.previewed.connect(lambda preview: self.facts.setText(str(preview)))
        self.reset_button = QToolButton()
        self.reset_button.setText("Reset range")
        self.reset_button.setObjectName("toggle")
        self.reset_button.setToolTip("Let the method find the range again")
        self.reset_button.clicked.connect(self.reset_asked)
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(self.title)
        heading.addWidget(self.note, 1)
        heading.addWidget(self.reset_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(heading)
        layout.addWidget(self.facts)
        layout.addWidget(self.plot, 1)

    def show_state(self, state: HistogramState | None, *, log: bool) -> None:
        """Show a histogram; None hides the whole section."""
        self.setVisible(state is not None)
        if state is None:
            return
        self.plot.show_state(state, log=log)
        power = f"values × 10^{state.exponent}".replace("-", "−") if state.exponent else ""
        self.title.setText(state.title)
        by_hand = "range set by hand" if state.is_manual else ""
        notes = (state.note, power, self.plot.cut_note, by_hand)
        self.note.set_text(" · ".join(part for part in notes if part))
        self.facts.setText(state.facts)
        self.facts.setVisible(bool(state.facts))
        self.reset_button.setVisible(state.is_manual)


CHANNELS_TIP = (
    "Bright are the middle 90 % of a channel's weights, pale are all of them, dots are the ends of "
    "its grid. A click shows one channel alone"
)


class ChannelSection(QWidget):
    """The strip of output channels under its heading, which reads out the one pointed at."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ChannelStrip | None = None
        title = plain_label("Output channels")
        title.setFont(scaled_font(self.font(), 1.0, bold=True))
        title.setToolTip(plain_tip(CHANNELS_TIP))
        self.note = ElidedLabel(name="muted")
        self.plot = ChannelsPlot()
        self.plot.readout.connect(self._show_note)
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(title)
        heading.addWidget(self.note, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(1)
        layout.addLayout(heading)
        layout.addWidget(self.plot, 1)
        self._show_note("")

    def show_state(self, strip: ChannelStrip | None) -> None:
        """Show a strip; None hides the whole section."""
        self.setVisible(strip is not None)
        if strip is not None and not alike(strip, self._shown):
            self._shown = strip
            self.plot.show_state(strip)

    def _show_note(self, text: str) -> None:
        self.note.set_text(text or "bars: 90 %, dots: grid ends")
        if not text:
            self.note.setToolTip(plain_tip(CHANNELS_TIP))
