"""The error along the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.errors import error_state, hint_of
from tinyml_studio.gui.states.errors import ErrorState, Metric
from tinyml_studio.gui.views.error_view import ErrorView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class ErrorPane(Pane):
    """Shows the live error of every layer in the metric that was chosen."""

    name, title, place = "error", "Error", Place.BOTTOM
    reacts = frozenset({Event.CHANGED, Event.FIGURES, Event.SELECTED, Event.LATE})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(ErrorView())
        self._metric = Metric.SQNR
        self.ready.connect(self.view.show_state)
        self.view.layer_chosen.connect(desk.select)
        self.view.data_asked.connect(desk.commands.calibrate)
        self.view.metric_chosen.connect(self._set_metric)

    def fill(self) -> None:
        """The bars, or why there are none."""
        desk, held = self.desk, self.workspace
        derived = None if held.studio is None else held.studio.derived
        fault = held.figures_fault
        rows, live, pending = desk.rows, desk.live, desk.is_pending
        metric, selected = self._metric, held.selected

        def work(_: Progress) -> ErrorState:
            hint = "" if derived is None else hint_of(derived, rows, fault)
            return error_state(rows, live, metric, selected, hint=hint, pending=pending)

        self.assemble(Lane.BARS, work, self.tell)

    def _set_metric(self, metric: Metric) -> None:
        self._metric = metric
        self.touch()
