"""The distributions of the chosen layer: weights and their channels above, activations below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from tinyml_studio.gui.states.choices import GRANULARITIES, METHODS
from tinyml_studio.gui.states.layer_distribution import Choices, DistributionState
from tinyml_studio.gui.states.terms import ACTIVATIONS, WEIGHTS
from tinyml_studio.gui.states.weight_range import WeightRanges
from tinyml_studio.gui.theme import Colours, scaled_font
from tinyml_studio.gui.widgets.choice_box import ChoiceBox
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.histogram_section import ChannelSection, HistogramSection
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.panel import Panel

NARROW = 450
"""Below this width the lists of choices have a line of their own."""
LOW = 480
"""Below this height the strip of channels gives its room to the histograms."""


class DistributionsView(Panel):
    """Told a `DistributionState`; tells what is chosen for the layer that it shows.

    Attributes
    ----------
    log_chosen
        Whether counts are drawn on a logarithmic axis.
    method_chosen, granularity_chosen
        Another range method, another number of scales.
    range_chosen
        The clipping range that a drag ended with, in real units.
    range_reset
        The range is to follow the method again.
    weight_range_chosen
        How far the grid of the weights is to reach, as a factor of the largest; None gives it back
        to the method.
    channel_chosen
        The output channel to show alone; None for all.
    """

    log_chosen = Signal(bool)
    method_chosen = Signal(str)
    granularity_chosen = Signal(str)
    range_chosen = Signal(float, float)
    range_reset = Signal()
    weight_range_chosen = Signal(object)
    channel_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = DistributionState()
        self._name = ElidedLabel(cut=Qt.TextElideMode.ElideMiddle)
        self._name.setFont(scaled_font(self.font(), 1.2, bold=True))
        self._operator = ElidedLabel(name="muted")
        self._hint = EmptyHint(self.data_asked)
        self.legend = Legend((("float", "float_"), ("integer", "integer")))
        self.log_box = QToolButton()
        self.log_box.setText("Log")
        self.log_box.setCheckable(True)
        self.log_box.setObjectName("toggle")
        self.log_box.setToolTip("Counts on a logarithmic axis: rare values become visible")
        self.log_box.toggled.connect(self._redraw)
        self.log_box.toggled.connect(self.log_chosen)
        self.method_box = ChoiceBox(METHODS, "How the range of the grid is found")
        self.granularity_box = ChoiceBox(GRANULARITIES, "How many scales the weights have")
        self.weights, self.channels, self.activations = (
            HistogramSection(WEIGHTS),
            ChannelSection(),
            HistogramSection(ACTIVATIONS),
        )
        self._chosen = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self.legend)
        top.addSpacing(8)
        top.addWidget(self.log_box)
        chosen, boxes = self._chosen, QHBoxLayout()
        boxes.addWidget(self.granularity_box)
        boxes.addWidget(self.method_box)
        boxes.addStretch(1)
        chosen.setSpacing(3)
        chosen.addWidget(self._operator, 1)
        chosen.addLayout(boxes)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 10)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addLayout(chosen)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.weights, 5)
        layout.addWidget(self.channels, 3)
        layout.addWidget(self.activations, 5)

    def _connect(self) -> None:
        self.method_box.chosen.connect(self.method_chosen)
        self.granularity_box.chosen.connect(self.granularity_chosen)
        self.activations.plot.range_chosen.connect(self.range_chosen)
        self.activations.reset_asked.connect(self.range_reset)
        self.weights.plot.range_chosen.connect(self._tell_weight_range)
        self.weights.reset_asked.connect(lambda: self.weight_range_chosen.emit(None))
        self.channels.plot.channel_pressed.connect(self.channel_chosen)

    def show_state(self, state: DistributionState) -> None:
        """Show another layer, or what to do to see one."""
        self._state = state
        self._name.set_text(state.name)
        self._operator.set_text(state.operator)
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(bool(state.hint))
        for part in (self.legend, self.log_box, self._operator):
            part.setVisible(bool(state.name))
        self._show_choices(state.choices)
        self.channels.show_state(state.strip)
        self._make_room(self.height())
        self._redraw()

    def name_text(self) -> str:
        """The layer that is shown."""
        return self._name.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.legend.set_colours(colours)
        for section in (self.weights, self.channels, self.activations):
            section.plot.set_colours(colours)

    def dispose(self) -> None:
        """Take the plots apart."""
        for section in (self.weights, self.channels, self.activations):
            section.plot.dispose()

    def _tell_weight_range(self, low: float, high: float) -> None:
        held = self._state.weights
        if held is not None and isinstance(held.ranges, WeightRanges):
            self.weight_range_chosen.emit(held.ranges.reach(max(-low, high)))

    def _show_choices(self, choices: Choices) -> None:
        self.method_box.offer(choices.methods, choices.method)
        names = tuple(GRANULARITIES) if choices.granularity else ()
        self.granularity_box.offer(names, choices.granularity)

    def _make_room(self, height: int) -> None:
        """Where not all fits without a cut axis, the histograms come first."""
        self.channels.plot.setMinimumHeight(66 if height < 600 else 84)
        is_low = self._state.activations is not None and height < LOW
        self.channels.setVisible(self._state.strip is not None and not is_low)

    def _redraw(self) -> None:
        log = self.log_box.isChecked()
        self.weights.show_state(self._state.weights, log=log)
        self.activations.show_state(self._state.activations, log=log)

    # Qt's interface

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Put the lists below the operator where they do not fit beside it."""
        directions = QBoxLayout.Direction
        is_narrow = event.size().width() < NARROW
        self._chosen.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
        self._make_room(event.size().height())
        super().resizeEvent(event)
