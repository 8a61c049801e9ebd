"""The arena over time: what lies in RAM while each layer runs, and what causes the peak."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tinyml_studio.gui.states.memory import MemoryState, headline
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.panel import Panel
from tinyml_studio.gui.widgets.plots_memory import MemoryPlot

ABOUT = (
    "The arena is the one block of RAM that all activations share. A rectangle is a tensor: as "
    "high as its bytes, as wide as the steps in which it is needed. The lower bound is what must "
    "live at once in the fullest step, so no layout is smaller. Hatched is what two share: a "
    "result may be written over what its layer has read already, and a layer may begin with a "
    "copy of its operand farther up, so that the result has room."
)


class MemoryView(Panel):
    """Told a `MemoryState`; tells which layer was clicked.

    Attributes
    ----------
    layer_chosen
        The true name of the layer whose tensor was clicked.
    """

    layer_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = MemoryPlot()
        self.plot.layer_pressed.connect(self.layer_chosen)
        self.headline, self.cause = ElidedLabel(), ElidedLabel(name="muted")
        tensors, shared = (("tensor", "integer~"), ("at peak", "integer")), ("shared", "integer/")
        bound = ("bound", "accent-")
        self.legend = Legend((*tensors, shared, bound))
        self.plain_legend = Legend((*tensors, bound))
        for legend in (self.legend, self.plain_legend):
            legend.setToolTip(plain_tip(ABOUT))
        self.plot.readout.connect(self._read_out)
        self._hint = EmptyHint(self.data_asked)
        self._cause = ""
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(14)
        first.addWidget(self.headline, 1)
        first.addWidget(self.legend)
        first.addWidget(self.plain_legend)
        second.addWidget(self.cause, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(3)
        layout.addLayout(first)
        layout.addLayout(second)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.plot, 1)

    def show_state(self, state: MemoryState) -> None:
        """Show another arena, or why there is none."""
        self._cause = state.cause
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(bool(state.hint))
        for part in (self.plot, self.headline, self.cause):
            part.setVisible(not state.hint)
        is_hatched = bool(state.overlaps) and state.picture is None
        self.legend.setVisible(not state.hint and is_hatched)
        self.plain_legend.setVisible(not state.hint and not is_hatched)
        self.headline.set_text(headline(state))
        self.cause.set_text(state.cause)
        self.plot.show_state(state)

    def choose(self, key: str) -> None:
        """Mark the tensor of a layer."""
        self.plot.choose(key)

    def hint_text(self) -> str:
        """What stands in the place of the chart; empty when the chart does."""
        return self._hint.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.legend.set_colours(colours)
        self.plain_legend.set_colours(colours)
        self.plot.set_colours(colours)

    def dispose(self) -> None:
        """Take the plot apart."""
        self.plot.dispose()

    def _read_out(self, text: str) -> None:
        self.cause.set_text(text or self._cause)
