"""The studio that is open, the live figures that belong to it, and how work on it is started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tinyml_studio.errors import Cancelled
from tinyml_studio.gui.qt_jobs import Lane, Runner
from tinyml_studio.gui.settings import LIVE_SAMPLES
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.app.changes import Changes
    from tinyml_studio.app.layer_values import LayerValues
    from tinyml_studio.app.stepping import State
    from tinyml_studio.app.studio import Studio
    from tinyml_studio.document.document import Document
    from tinyml_studio.simulate.evaluate import Evaluation


LONG = 500
"""Layers of a network whose work takes so long that the window comes first."""


@dataclass(frozen=True, eq=False)
class Figures:
    """Errors with the state of the studio that they were computed for.

    An edit may land while they are on their way to the window: they are that state's for ever.
    """

    evaluation: Evaluation
    state: State

    @property
    def generation(self) -> int:
        """Number of that state."""
        return self.state.generation

    @property
    def document(self) -> Document:
        """What was chosen in it."""
        return self.state.history.current


class OpenSession(QObject):
    """The one place in the window that runs the studio, always off the window's thread.

    Attributes
    ----------
    begun
        Another model or project is there; `opened` follows.
    opened
        Another model or project is open.
    changed
        The document changed; carries the `Changes`.
    saved
        The project was written; carries its path.
    figures_changed
        The live figures are new, or newer ones are on their way.
    values_changed
        The values of the selected layer are there.
    evaluated
        An evaluation over all samples has ended; carries its `Figures`.
    verified
        A verification has ended; carries its report and the number of the state.
    verifying
        Whether a verification runs or waits.
    exported
        A file was written; carries its path.
    noticed
        A sentence that a person should know beside a run's result.
    failed
        An exception, and what the person wanted.
    refused
        An edit that was not taken over, as an exception.
    """

    begun = Signal()
    opened = Signal()
    changed = Signal(object)
    saved = Signal(object)
    figures_changed = Signal()
    values_changed = Signal()
    evaluated = Signal(object)
    verified = Signal(object, int)
    verifying = Signal(bool)
    exported = Signal(object)
    noticed = Signal(str)
    failed = Signal(object, str)
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = Runner(self)
        self.studio: Studio | None = None
        self.figures: Figures | None = None
        self.figures_fault = ""
        self.values: LayerValues | None = None
        self.values_fault = ""
        self.selected = ""
        self.live_samples = LIVE_SAMPLES

    @property
    def is_pending(self) -> bool:
        """Whether the figures on screen are older than the document."""
        studio, figures = self.studio, self.figures
        if studio is None or not studio.derived.can_be_measured or self.figures_fault:
            return False
        return figures is None or figures.generation != studio.generation

    def set_live_samples(self, count: int) -> None:
        """Measure the live figures over another number of samples from now on."""
        if count != self.live_samples:
            self.live_samples = count
            if self.studio is not None:
                self.figures, self.figures_fault = None, ""
                self._bring_figures()

    def select(self, layer: str) -> None:
        """Bring the values of a layer."""
        self.selected = layer
        self._bring_values()

    def close(self) -> bool:
        """Stop all jobs; whether they have ended."""
        return self.runner.stop()

    def need_studio(self) -> Studio:
        """What is open; a fault of the program when nothing is."""
        if self.studio is None:
            raise ValueError("nothing is open")
        return self.studio

    def front(
        self,
        title: str,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        wish: str,
    ) -> None:
        """Run in a thread, one after another; `wish` is what the person wanted."""

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                self.failed.emit(error, wish)

        self.runner.submit(Lane.FRONT, title, work, done, failed)

    def edit(self, change: Callable[[Studio], Changes | None]) -> None:
        """Change the document in a thread; what is refused is told by `refused`."""
        studio = self.need_studio()

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                self.refused.emit(error)

        def work(_: Progress) -> Changes | None:
            changes = change(studio)
            prepare_rows(studio)
            return changes

        self.runner.submit(
            Lane.FRONT, "Applying the change", work, self.take_changes, failed, is_brief=True
        )

    def take_studio(self, studio: Studio) -> None:
        """Another model or project is open."""
        self.studio = studio
        self.runner.waits_at_once = len(studio.layers) > LONG
        self.figures, self.values, self.figures_fault = None, None, ""
        self.selected = _first_with_weights(studio)
        self.begun.emit()
        self.opened.emit()
        self._bring_figures()

    def take_changes(self, changes: Changes | None) -> None:
        """The document has changed, unless there are no changes."""
        if changes is None:
            return
        self.figures_fault = ""
        self.changed.emit(changes)
        self._bring_figures()

    def _bring_figures(self) -> None:
        """Start the live figures of the current state; the values wait behind them."""
        studio = self.need_studio()
        if not studio.derived.can_be_measured:
            self.figures = None
            self.figures_changed.emit()
            self._bring_values()
            return
        state, count = studio.state, self.live_samples

        def work(progress: Progress) -> Figures:
            return Figures(studio.errors(count, state=state, progress=progress), state)

        self.runner.submit(Lane.LIVE, "Live figures", work, self._take_figures, self._miss_figures)
        self.figures_changed.emit()
        self._bring_values()

    def _take_figures(self, figures: Figures) -> None:
        self.figures = figures
        self.figures_changed.emit()

    def _miss_figures(self, error: Exception) -> None:
        if isinstance(error, Cancelled):
            return
        self.figures, self.figures_fault = None, str(error)
        self.figures_changed.emit()
        self.failed.emit(error, "compute the errors")

    def _bring_values(self) -> None:
        studio, layer = self.need_studio(), self.selected
        if not layer:
            return
        state, held = studio.state, self.values

        def work(_: Progress) -> LayerValues:
            found = studio.layer_values(layer, state=state)
            return held if held is not None and found.is_same(held) else found

        self.runner.submit(Lane.VALUES, "Values", work, self._take_values, self._miss_values)

    def _miss_values(self, error: Exception) -> None:
        """Say in the pane why there are none; a dialog would come back with every layer."""
        if not isinstance(error, Cancelled):
            self.values, self.values_fault = None, str(error)
            self.values_changed.emit()

    def _take_values(self, values: LayerValues) -> None:
        self.values, self.values_fault = values, ""
        self.values_changed.emit()


def prepare_rows(studio: Studio) -> Studio:
    """Compute the rows here, in the worker, instead of at their first use in the window."""
    names_of(studio.layers)
    return studio


def _first_with_weights(studio: Studio) -> str:
    """The layer to begin with."""
    rows = studio.layers
    chosen = [row for row in rows if row.weight_bits is not None] or list(rows)
    return chosen[0].name if chosen else ""
