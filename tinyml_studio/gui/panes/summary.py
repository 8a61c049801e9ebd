"""The line of facts above the table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.headline import headline
from tinyml_studio.gui.states.assembling.obstacle import Obstacle, obstacle_of
from tinyml_studio.gui.states.assembling.summary import summary_state
from tinyml_studio.gui.states.summary import SummaryState
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.summary_view import SummaryView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk
    from tinyml_studio.gui.open_session import Figures
    from tinyml_studio.ir.graph import Reference
    from tinyml_studio.prune.prune import Pruned


class SummaryPane(Pane):
    """Knows the last evaluation over all samples, and whether it is still that of the document."""

    name, title, place = "summary", "Summary", Place.HEAD
    reacts = frozenset({Event.CHANGED, Event.FIGURES, Event.EVALUATED, Event.MEASURED, Event.LATE})
    is_kept = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(SummaryView())
        self._full: Figures | None = None
        self._export: Pruned | None = None
        self.ready.connect(self.view.show_state)
        self.view.layer_chosen.connect(desk.select)
        self.workspace.evaluated.connect(self._take_full)

    def fill(self) -> None:
        """The live figures and the last full ones, or why there are none."""
        held, studio = self._full, self.workspace.studio
        full = None if held is None else held.evaluation
        current = held is not None and studio is not None and held.generation == studio.generation
        rows, live, pending = self.desk.rows, self.desk.live, self.desk.is_pending

        removed, reference = self._removed(), self._reference()
        has_data, obstacle = None, Obstacle()
        if studio is not None:
            fault = clean(self.workspace.figures_fault, limit=400)
            has_data = studio.derived.can_be_measured and not fault
            if not has_data:
                failed = Obstacle(f"No figures: {fault}", asks_data=False)
                obstacle = failed if fault else obstacle_of(studio.derived, rows)

        def work(_: Progress) -> SummaryState:
            said = None if has_data is None else headline(rows, live, obstacle, has_data=has_data)
            state = summary_state(
                rows,
                live,
                full,
                is_current=current,
                pending=pending,
                removed=removed,
                reference=reference,
            )
            return replace(state, headline=said)

        self.assemble(Lane.FACTS, work, self.tell)

    def _removed(self) -> Pruned | None:
        """What the export leaves out, as far as that is known; until then what was known."""
        from tinyml_studio.app.exported import known_export  # noqa: PLC0415 - not at the start

        studio = self.workspace.studio
        known = None if studio is None else known_export(studio.derived)
        self._export = known or self._export
        return self._export if studio is not None and studio.derived.program else None

    def _reference(self) -> tuple[str, Reference] | None:
        studio = self.workspace.studio
        if studio is None or studio.document.reference is None:
            return None
        held = studio.derived.graph.reference
        return None if held is None else (studio.document.reference.path.name, held)

    def forget(self) -> None:
        """The evaluation was that of another model."""
        self._full = self._export = None

    def _take_full(self, figures: Figures) -> None:
        self._full = figures
