"""Histograms and ranges of the selected layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.distribution import distribution_state
from tinyml_studio.gui.states.assembling.obstacle import Obstacle, obstacle_of
from tinyml_studio.gui.states.before import Memory
from tinyml_studio.gui.states.layer_distribution import DistributionState
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.distributions_view import DistributionsView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


MOST_WEIGHTS = 200_000
"""Weights of a layer that are counted within some milliseconds."""


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
            held.runner.overtake(Lane.BINS)
            self.tell(DistributionState(hint=clean(held.values_fault, limit=400)))
            return
        values, shown = held.values, (held.selected, self._channel)
        key = (row, values, *shown, pending)
        if self.is_told(key):
            held.runner.overtake(Lane.BINS)
            return
        rows, graph, obstacle = desk.rows, desk.graph, Obstacle(asks_data=False)
        if held.studio is not None and held.studio.derived.stats is None:
            obstacle = obstacle_of(held.studio.derived, rows)

        def work(_: Progress) -> DistributionState:
            return distribution_state(
                rows,
                graph,
                values,
                shown[0],
                obstacle=obstacle,
                channel=shown[1],
                pending=pending,
            )

        def done(state: DistributionState) -> None:
            self.tell(self._memory.compared(state, shown), key)

        weights = None if values is None else values.weights
        is_heavy = weights is not None and weights.size > MOST_WEIGHTS
        self.assemble(Lane.BINS, work, done, is_heavy=is_heavy)

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
