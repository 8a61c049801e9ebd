"""What the network takes of the chip, against limits and a baseline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.app.targets import find_target, targets
from tinyml_studio.errors import TargetError
from tinyml_studio.gui.dialogs.target_file import ask_target
from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.states.assembling.budget import (
    ASK,
    NO_PROGRAM,
    WAITING,
    Measures,
    budget_state,
    gauges_of,
    measures_of,
    status_of,
)
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.budget import BudgetState
from tinyml_studio.gui.states.targets import target_choices
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.budget_view import BudgetView

if TYPE_CHECKING:
    from tinyml_studio.app.targets import Target
    from tinyml_studio.app.tried import Attempt
    from tinyml_studio.cost.estimate import Estimate
    from tinyml_studio.document.document import Document
    from tinyml_studio.gui.desk import Desk


class BudgetPane(Pane):
    """Gauges of the configuration in force; changes are those since the baseline."""

    name, title, place = "budget", "Budget", Place.LEFT
    reacts = frozenset({Event.CHANGED, Event.MEASURED})

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = view = self.adopt(BudgetView(target_choices(targets())))
        self._baseline: Document | None = None
        self._baseline_name = ""
        self._latest: dict[str, Estimate] = {}
        measuring = desk.measuring
        self.ready.connect(view.show_state)
        view.target_chosen.connect(self.workspace.edits.set_target)
        view.file_asked.connect(self._ask_file)
        view.limit_set.connect(self.workspace.edits.set_limit)
        view.refused.connect(desk.told)
        view.pinned.connect(self._pin)
        view.estimate_asked.connect(measuring.estimate)
        view.stop_asked.connect(measuring.stop)
        view.automatic_chosen.connect(lambda on: measuring.set_automatic(automatic=on))

    def set_seen(self, *, seen: bool) -> None:
        """Memory and estimates are wanted while somebody looks."""
        super().set_seen(seen=seen)
        for kind in ("memory", "estimate"):
            self.desk.measuring.want(kind, self.name, wanted=seen)

    def forget(self) -> None:
        """The baseline is the configuration at the start."""
        studio = self.workspace.studio
        self._baseline = None if studio is None else studio.document
        self._baseline_name = "the start"
        self._latest.clear()

    def fill(self) -> None:
        """What is known now."""
        studio, measuring = self.workspace.studio, self.desk.measuring
        if studio is None:
            return
        target = measuring.target
        if studio.derived.program is None:
            obstacle = obstacle_of(studio.derived, self.desk.rows)
            said = obstacle.hint(NO_PROGRAM)
            self.tell(BudgetState(target=target, hint=said, asks_data=obstacle.asks_data))
            return
        attempt = measuring.current
        known = None if attempt is None else attempt.known(target)
        is_counted = attempt is not None and target in attempt.estimates
        missing = self._missing()
        measures = measures_of(attempt, target, self._latest.get(target), missing=missing)
        if known is not None:
            self._latest[target] = known
        gauges = gauges_of(
            measures, self._before(target), studio.document.budget, self._chip(target)
        )
        status = status_of(
            known, fault=measuring.fault, runs=measuring.is_estimating, missing=missing
        )
        automatic = self.desk.settings.estimates_itself
        flags = (measuring.is_estimating, not is_counted, automatic)
        about = f"Changes since {self._baseline_name}"
        self.tell(budget_state(gauges, target, status, about, flags=flags))

    def _missing(self) -> str:
        """Why there is no estimate yet."""
        measuring = self.desk.measuring
        if measuring.fault:
            return clean(measuring.fault, limit=300)
        automatic = self.desk.settings.estimates_itself
        return WAITING if automatic or measuring.is_estimating else ASK

    def _before(self, target: str) -> Measures:
        held = self._baseline_attempt()
        return measures_of(held, target, None, missing="")

    def _baseline_attempt(self) -> Attempt | None:
        return None if self._baseline is None else self.desk.measuring.tried.find(self._baseline)

    def _chip(self, target: str) -> Target | None:
        try:
            return find_target(target)
        except TargetError:
            return None

    def _pin(self) -> None:
        studio = self.workspace.studio
        if studio is not None:
            self._baseline = studio.document
            step = studio.history.steps[studio.history.position].name
            self._baseline_name = f"“{clean(step, limit=60)}”"
            self.touch()

    def _ask_file(self) -> None:
        path = ask_target(self.view, self.desk.settings.folder)
        if path:
            self.workspace.edits.set_target(path)
