"""The error along the network: alone, so far and at the output, or what it is made of."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.causes import CAUSE_COLOURS, CAUSE_TIPS, Cause
from tinyml_studio.gui.states.errors import METRIC_TIPS, ErrorState, Metric
from tinyml_studio.gui.states.terms import SQNR
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.explained_box import explain
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.legend import Legend, LegendRow
from tinyml_studio.gui.widgets.panel import Panel
from tinyml_studio.gui.widgets.plots_bars import BarsPlot
from tinyml_studio.gui.widgets.plots_causes import CausesPlot

LEAST_HEIGHT = 148
"""Of a chart with slanted names; in a low window the layers need the room more."""
BARS = (
    "Alone: only this layer is quantized. So far: everything up to it is, so that the errors of "
    "the layers before arrive, too"
)
AMPLIFIED = (
    "Amplified error: that of the model's output when only this layer is quantized, its error "
    "carried on by the float network behind it"
)


class ErrorView(Panel):
    """Told an `ErrorState`; tells which layer or metric was chosen.

    Attributes
    ----------
    layer_chosen
        The true name of the layer whose bars were clicked.
    metric_chosen
        Another `Metric`.
    causes_chosen
        Whether to show what the errors are made of instead of how large they are.
    """

    layer_chosen = Signal(str)
    metric_chosen = Signal(object)
    causes_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self.causes = BarsPlot(), CausesPlot()
        self.legend = Legend((("alone", "integer~"), ("so far", "integer")))
        self.legend.setToolTip(plain_tip(BARS))
        self.arriving = Legend((("at the output", "muted"),))
        self.arriving.setToolTip(plain_tip(AMPLIFIED))
        words = tuple((str(cause), CAUSE_COLOURS[cause]) for cause in Cause)
        self.cause_legend = Legend(words)
        about = "\n".join(f"{cause}: {tip}" for cause, tip in CAUSE_TIPS.items())
        self.cause_legend.setToolTip(plain_tip(about))
        self.suspect = Legend((("suspect below 10 dB", "suspect-"),))
        self.suspect.setToolTip(plain_tip(SQNR))
        parts = (self.legend, self.arriving, self.cause_legend, self.suspect)
        self._legends = LegendRow(*parts)
        self._readout, self._note = ElidedLabel(name="muted"), ""
        for plot in (self.plot, self.causes):
            plot.setMinimumHeight(LEAST_HEIGHT)
            plot.layer_pressed.connect(self.layer_chosen)
            plot.readout.connect(self._read_out)
        self.causes_button = self._make_causes_button()
        self._hint = EmptyHint(self.data_asked)
        self.metric_box = self._make_metric_box()
        self._arrange()

    def _make_causes_button(self) -> QToolButton:
        made = QToolButton()
        made.setText("Causes")
        made.setCheckable(True)
        made.setObjectName("toggle")
        made.setToolTip("What the error of each layer alone is made of")
        made.toggled.connect(self.causes_chosen)
        return made

    def _make_metric_box(self) -> QComboBox:
        made = QComboBox()
        for metric in Metric:
            made.addItem(metric.value)
            tip = plain_tip(METRIC_TIPS[metric])
            place = made.count() - 1
            made.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        explain(made, "How the error of a layer's output is measured")
        made.activated.connect(self._tell_metric)
        return made

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.metric_box)
        top.addWidget(self.causes_button)
        top.addSpacing(8)
        top.addWidget(self._legends)
        top.addSpacing(8)
        policy = self._readout.sizePolicy().Policy
        self._readout.setSizePolicy(policy.Ignored, policy.Fixed)  # the legends come first
        top.addWidget(self._readout, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.plot, 1)
        layout.addWidget(self.causes, 1)

    def show_state(self, state: ErrorState) -> None:
        """Show other figures, or what to do to see some."""
        self.metric_box.setCurrentText(state.metric.value)
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(bool(state.hint))
        splits, is_there = state.causes is not None, not state.hint
        self.plot.setVisible(is_there and not splits)
        self.causes.setVisible(is_there and splits)
        self._legends.show_legends(*self._wanted_legends(state))
        self.metric_box.setEnabled(is_there and not splits)
        self.causes_button.setEnabled(is_there)
        self.show_note("" if state.hint else state.note)
        if state.causes is not None:
            self.causes.show_bars(state.causes, state.selected, is_old=state.is_old)
        else:
            self.plot.show_state(state)

    def _wanted_legends(self, state: ErrorState) -> tuple[Legend, ...]:
        """Those of what is drawn."""
        if state.hint or state.causes is not None:
            return () if state.hint else (self.cause_legend,)
        arriving = (self.arriving,) if state.has_amplified else ()
        suspect = (self.suspect,) if state.metric is Metric.SQNR else ()
        return (self.legend, *arriving, *suspect)

    def show_note(self, text: str) -> None:
        """Say a word beside the legend as long as nothing is pointed at."""
        if text != self._note:
            self._readout.set_text(text)
        self._note = text

    def readout_text(self) -> str:
        """What is said about the bars under the pointer."""
        return self._readout.text()

    def hint_text(self) -> str:
        """What stands in the place of the chart; empty when the chart does."""
        return self._hint.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        for part in (self.legend, self.arriving, self.cause_legend, self.suspect):
            part.set_colours(colours)
        self.plot.set_colours(colours)
        self.causes.set_colours(colours)

    def dispose(self) -> None:
        """Take the plots apart."""
        self.plot.dispose()
        self.causes.dispose()

    def _read_out(self, text: str) -> None:
        """What is pointed at; where it has no room beside the legends it has theirs."""
        self._readout.set_text(text or self._note)
        if not text:
            self._legends.show()
        elif self._readout.sizeHint().width() > self._readout.width():
            self._legends.hide()

    def _tell_metric(self, place: int) -> None:
        self.metric_chosen.emit(tuple(Metric)[place])
