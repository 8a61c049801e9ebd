"""The configurations of this session against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.assembling.pareto import pareto_state
from tinyml_studio.gui.states.pareto import NO_PROGRAM, Cost, Merit, ParetoState
from tinyml_studio.gui.views.pareto_view import ParetoView

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class ParetoPane(Pane):
    """A point for every configuration that was measured; a click adopts one."""

    name, title, place = "pareto", "Pareto", Place.BOTTOM
    reacts = frozenset({Event.CHANGED, Event.MEASURED})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(ParetoView())
        self._cost = Cost.FLASH
        self._merit: Merit | None = None
        self.ready.connect(self.view.show_state)
        self.view.cost_chosen.connect(self._set_cost)
        self.view.merit_chosen.connect(self._set_merit)
        self.view.adopted.connect(self._adopt)

    def set_seen(self, *, seen: bool) -> None:
        """Memory is wanted while somebody looks."""
        super().set_seen(seen=seen)
        self.desk.measuring.want("memory", self.name, wanted=seen)

    def fill(self) -> None:
        """Every configuration of the session."""
        studio, measuring = self.workspace.studio, self.desk.measuring
        if studio is None:
            return
        if not len(measuring.tried) and not studio.derived.can_be_measured:
            obstacle = obstacle_of(studio.derived, self.desk.rows)
            said = obstacle.hint(NO_PROGRAM)
            self.tell(ParetoState(hint=said, asks_data=obstacle.asks_data))
            return
        self.tell(
            pareto_state(
                tuple(measuring.tried),
                measuring.current,
                cost=self._cost,
                merit=self._merit,
                target=measuring.target,
            )
        )

    def _set_cost(self, cost: Cost) -> None:
        self._cost = Cost(cost)
        self.touch()

    def _set_merit(self, merit: Merit) -> None:
        self._merit = Merit(merit)
        self.touch()

    def _adopt(self, number: int) -> None:
        attempts = tuple(self.desk.measuring.tried)
        if number < len(attempts):
            held = attempts[number]
            self.workspace.edits.adopt(held.document, held.name)
