"""Histograms and ranges of the selected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.states.assembling.distribution import distribution_state
from tinyml_studio.gui.states.before import Memory
from tinyml_studio.gui.states.layer_distribution import DistributionState
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.distributions_view import DistributionsView

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class DistributionsPane(Pane):
    """Shows the values of the selected layer, of all its channels or of one."""

    name, title, place = "distributions", "Distributions", Place.RIGHT
    reacts = frozenset({Event.VALUES, Event.SELECTED, Event.LATE})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = view = self.adopt(DistributionsView())
        self._channel: int | None = None
        self._memory = Memory()
        held, edits = self.workspace, self.workspace.edits
        self.ready.connect(view.show_state)
        view.log_box.setChecked(desk.settings.log_axis)
        view.log_chosen.connect(self._remember_log)
        view.method_chosen.connect(lambda name: edits.set_method((held.selected,), name))
        view.granularity_chosen.connect(lambda name: edits.set_granularity((held.selected,), name))
        view.range_chosen.connect(lambda *limits: edits.set_range(held.selected, limits))
        view.range_reset.connect(lambda: edits.set_range(held.selected, None))
        view.weight_range_chosen.connect(lambda reach: edits.set_weight_reach(held.selected, reach))
        view.channel_chosen.connect(self._set_channel)

    def fill(self) -> None:
        """The values, once they are there."""
        desk, held = self.desk, self.workspace
        pending = desk.is_pending
        row = next((row for row in desk.rows if row.name == held.selected), None)
        if held.values_fault:
            self.tell(DistributionState(hint=clean(held.values_fault, limit=400)))
            return
        key = (row, held.values, held.selected, self._channel, pending)
        if not self.is_told(key):
            state = distribution_state(
                desk.rows,
                desk.graph,
                held.values,
                held.selected,
                channel=self._channel,
                pending=pending,
            )
            self.tell(self._memory.compared(state, (held.selected, self._channel)), key)

    def forget(self) -> None:
        """What was before was another model's."""
        self._memory = Memory()

    def choose(self, layer: str) -> None:
        """A channel was one of the layer before."""
        self._channel = None

    def _set_channel(self, channel: int | None) -> None:
        self._channel = channel
        self.touch()

    def _remember_log(self, log: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self.desk.settings.log_axis = log
