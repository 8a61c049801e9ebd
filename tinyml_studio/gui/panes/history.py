"""The steps of the session, each with what it brought."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.history import Effect, effect_of, history_state
from tinyml_studio.gui.views.history_view import HistoryView

if TYPE_CHECKING:
    from tinyml_studio.document.document import Document
    from tinyml_studio.gui.desk import Desk


class HistoryPane(Pane):
    """Remembers what the live figures said after each step."""

    name, title, place = "history", "History", Place.LEFT
    reacts = frozenset({Event.CHANGED, Event.FIGURES})
    waits = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(HistoryView())
        self._effects: dict[int, tuple[Document, Effect]] = {}
        self.ready.connect(self.view.show_state)
        self.view.step_chosen.connect(self.workspace.edits.go_to)

    def hear(self, event: Event) -> None:
        """Keep the figures of the step in force, whether anybody looks or not."""
        studio, figures = self.workspace.studio, self.workspace.figures
        is_new = event is Event.FIGURES and not self.workspace.is_pending
        if is_new and studio is not None and figures is not None:
            document = figures.document
            self._effects[id(document)] = (document, effect_of(figures.evaluation))
        super().hear(event)

    def fill(self) -> None:
        """All steps."""
        studio = self.workspace.studio
        if studio is not None:
            effects = {key: effect for key, (_, effect) in self._effects.items()}
            self.ready.emit(history_state(studio.history, effects, names_of(studio.layers)))

    def forget(self) -> None:
        """The steps were those of another model."""
        self._effects.clear()
