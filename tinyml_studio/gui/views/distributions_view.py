"""The distributions of the chosen layer: weights above, activations below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from tinyml_studio.gui.states.distribution import DistributionState, HistogramState
from tinyml_studio.gui.theme import Colours, scaled_font
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.plots_histogram import HistogramPlot


class DistributionsView(QFrame):
    """Told a `DistributionState`; tells when the axis is to be logarithmic.

    Attributes
    ----------
    log_chosen
        Whether counts are drawn on a logarithmic axis.
    """

    log_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._state = DistributionState()
        self._name = ElidedLabel(cut=Qt.TextElideMode.ElideMiddle)
        self._name.setFont(scaled_font(self.font(), 1.2, bold=True))
        self._operator = ElidedLabel(name="muted")
        self._hint = plain_label(name="muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.legend = Legend((("float", "float_"), ("integer", "integer")))
        self.log_box = QToolButton()
        self.log_box.setText("Log")
        self.log_box.setCheckable(True)
        self.log_box.setObjectName("toggle")
        self.log_box.setToolTip("Counts on a logarithmic axis: rare values become visible")
        self.log_box.toggled.connect(self._redraw)
        self.log_box.toggled.connect(self.log_chosen)
        self.weights, self.activations = Section(), Section()
        self._arrange()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self._name, 1)
        top.addWidget(self.legend)
        top.addSpacing(8)
        top.addWidget(self.log_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 10)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self._operator)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.weights, 1)
        layout.addWidget(self.activations, 1)

    def show_state(self, state: DistributionState) -> None:
        """Show another layer, or what to do to see one."""
        self._state = state
        self._name.set_text(state.name)
        self._operator.set_text(state.operator)
        self._hint.setText(state.hint)
        self._hint.setVisible(bool(state.hint))
        for part in (self.legend, self.log_box, self._operator):
            part.setVisible(bool(state.name))
        self._redraw()

    def name_text(self) -> str:
        """The layer that is shown."""
        return self._name.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.legend.set_colours(colours)
        for section in (self.weights, self.activations):
            section.plot.set_colours(colours)

    def dispose(self) -> None:
        """Take the plots apart."""
        for section in (self.weights, self.activations):
            section.plot.dispose()

    def _redraw(self) -> None:
        log = self.log_box.isChecked()
        self.weights.show_state(self._state.weights, log=log)
        self.activations.show_state(self._state.activations, log=log)


class Section(QWidget):
    """A heading with facts, and its plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = plain_label()
        self.title.setFont(scaled_font(self.font(), 1.0, bold=True))
        self.note = ElidedLabel(name="muted")
        self.facts = plain_label(name="muted", wrap=True)
        self.plot = HistogramPlot()
        heading = QHBoxLayout()
        heading.setSpacing(8)
        heading.addWidget(self.title)
        heading.addWidget(self.note, 1)
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
        notes = (state.note, power, self.plot.cut_note)
        self.note.set_text(" · ".join(part for part in notes if part))
        self.facts.setText(state.facts)
        self.facts.setVisible(bool(state.facts))
