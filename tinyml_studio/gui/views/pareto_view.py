"""The configurations of this session against each other."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from tinyml_studio.gui.states.pareto import COST_TIPS, MERIT_TIPS, Cost, Merit, ParetoState
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.empty_hint import EmptyHint
from tinyml_studio.gui.widgets.explained_box import explain
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.panel import Panel
from tinyml_studio.gui.widgets.plots_pareto import ParetoPlot


class ParetoView(Panel):
    """Told a `ParetoState`; tells which axes are wanted and which point was adopted.

    Attributes
    ----------
    adopted
        The number of a configuration.
    cost_chosen, merit_chosen
        Another axis.
    """

    adopted = Signal(int)
    cost_chosen = Signal(object)
    merit_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = ParetoPlot()
        self.plot.adopted.connect(self.adopted)
        self.plot.readout.connect(self._read_out)
        self.cost_box, self.merit_box = QComboBox(), QComboBox()
        for box in (self.cost_box, self.merit_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMinimumWidth(self.fontMetrics().horizontalAdvance("Agreement") + 46)
        explain(self.cost_box, "What a configuration takes")
        explain(self.merit_box, "How well a configuration does")
        for cost in Cost:
            self._add(self.cost_box, cost, COST_TIPS[cost])
        self.cost_box.activated.connect(
            lambda place: self.cost_chosen.emit(self.cost_box.itemData(place))
        )
        self.merit_box.activated.connect(
            lambda place: self.merit_chosen.emit(self.merit_box.itemData(place))
        )
        self.legend = Legend((("best", "integer"), ("tried", "integer~"), ("in force", "accent")))
        self._note, self._told = ElidedLabel(name="muted"), ""
        self._hint = EmptyHint(self.data_asked)
        self._arrange()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.merit_box)
        top.addWidget(plain_label("against", name="muted"))
        top.addWidget(self.cost_box)
        top.addSpacing(10)
        top.addStretch(1)
        second = QHBoxLayout()
        second.addWidget(self._note, 1)
        second.addWidget(self.legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 6)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addLayout(second)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.plot, 1)

    def show_state(self, state: ParetoState) -> None:
        """Show other points, or what to do to see some."""
        self._hint.set_text(state.hint, asks_data=state.asks_data)
        self._hint.setVisible(bool(state.hint))
        for part in (self.plot, self.legend, self._note):
            part.setVisible(not state.hint)
        if tuple(self._offered()) != state.merits:
            self.merit_box.clear()
            for merit in state.merits:
                self._add(self.merit_box, merit, MERIT_TIPS[merit])
        self.merit_box.setCurrentText(state.merit)
        self.cost_box.setCurrentText(state.cost)
        missing = f"; {state.missing} without {state.cost.lower()}" if state.missing else ""
        count = len(state.points)
        more = "" if missing or not count else "; click one to go back to it"
        more = "; change a layer to try another" if count == 1 and not missing else more
        self._told = f"{count} configuration{'s' if count != 1 else ''} tried{missing}{more}"
        self._note.set_text(self._told)
        self.plot.show_state(state)

    def hint_text(self) -> str:
        """What stands in the place of the chart; empty when the chart does."""
        return self._hint.text()

    def note_text(self) -> str:
        """The line above the chart."""
        return self._note.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.legend.set_colours(colours)
        self.plot.set_colours(colours)

    def dispose(self) -> None:
        """Take the plot apart."""
        self.plot.dispose()

    def _offered(self) -> list[Merit]:
        return [self.merit_box.itemData(place) for place in range(self.merit_box.count())]

    @staticmethod
    def _add(box: QComboBox, axis: Cost | Merit, tip: str) -> None:
        box.addItem(axis.value, axis)
        box.setItemData(box.count() - 1, plain_tip(tip), Qt.ItemDataRole.ToolTipRole)

    def _read_out(self, text: str) -> None:
        self._note.set_text(text or self._told)
