"""The error along the network: two bars per layer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from tinyml_studio.gui.states.errors import METRIC_TIPS, ErrorState, Metric
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.panel import Panel
from tinyml_studio.gui.widgets.plots_bars import BarsPlot


class ErrorView(Panel):
    """Told an `ErrorState`; tells which layer or metric was chosen.

    Attributes
    ----------
    layer_chosen
        The true name of the layer whose bars were clicked.
    metric_chosen
        Another `Metric`.
    data_asked
        Calibration data is to be chosen.
    """

    layer_chosen = Signal(str)
    metric_chosen = Signal(object)
    data_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = BarsPlot()
        self.plot.layer_pressed.connect(self.layer_chosen)
        self.legend = Legend((("alone", "integer~"), ("so far", "integer")))
        self.suspect = Legend((("suspect below 10 dB", "suspect-"),))
        self._readout = ElidedLabel(name="muted")
        self.plot.readout.connect(self._readout.set_text)
        self._hint = plain_label(name="muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.data_button = QPushButton("Choose calibration data …")
        self.data_button.clicked.connect(self.data_asked)
        self._empty = QWidget()
        middle = QVBoxLayout(self._empty)
        middle.setSpacing(12)
        middle.addStretch(1)
        middle.addWidget(self._hint)
        middle.addWidget(self.data_button, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch(1)
        self.metric_box = QComboBox()
        for metric in Metric:
            self.metric_box.addItem(metric.value)
            tip = plain_tip(METRIC_TIPS[metric])
            place = self.metric_box.count() - 1
            self.metric_box.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self.metric_box.setToolTip("How the error of a layer's output is measured")
        self.metric_box.activated.connect(self._tell_metric)
        self._arrange()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.metric_box)
        top.addSpacing(8)
        top.addWidget(self.legend)
        top.addSpacing(12)
        top.addWidget(self.suspect)
        top.addSpacing(12)
        top.addWidget(self._readout, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self.plot, 1)

    def show_state(self, state: ErrorState) -> None:
        """Show other figures, or what to do to see some."""
        self.metric_box.setCurrentText(state.metric.value)
        self._hint.setText(state.hint)
        self._empty.setVisible(bool(state.hint))
        self.data_button.setVisible(state.asks_for_data)
        self.plot.setVisible(not state.hint)
        self.legend.setVisible(not state.hint and state.has_alone)
        self.suspect.setVisible(not state.hint and state.metric is Metric.SQNR)
        self.metric_box.setEnabled(not state.hint)
        if state.hint:
            self._readout.set_text("")
        self.plot.show_state(state)

    def readout_text(self) -> str:
        """What is said about the bars under the pointer."""
        return self._readout.text()

    def hint_text(self) -> str:
        """What stands in the place of the chart; empty when the chart does."""
        return self._hint.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.legend.set_colours(colours)
        self.suspect.set_colours(colours)
        self.plot.set_colours(colours)

    def dispose(self) -> None:
        """Take the plot apart."""
        self.plot.dispose()

    def _tell_metric(self, place: int) -> None:
        self.metric_chosen.emit(tuple(Metric)[place])
