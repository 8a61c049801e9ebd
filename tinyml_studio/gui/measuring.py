"""What is measured of each configuration in the background: quality, memory, and the estimate.

Memory is exact and follows every edit, as does the prediction for the chip. The estimate compiles
the header and runs it in an emulator: it begins when the person has paused, and gives way to the
next edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from tinyml_studio.app.tried import Tried, quality_of
from tinyml_studio.errors import Cancelled
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.app.studio import Studio
    from tinyml_studio.app.tried import Attempt
    from tinyml_studio.cost.estimate import Estimate
    from tinyml_studio.document.document import Document
    from tinyml_studio.gui.open_session import Figures
    from tinyml_studio.gui.settings import WindowSettings
    from tinyml_studio.gui.workspace import Workspace

PAUSE_MS = 700


class Measuring(QObject):
    """Fills the list of attempts; computes only what some pane on screen wants.

    Attributes
    ----------
    changed
        Something is known that was not.
    tried
        All configurations of this session.
    fault
        Why the last estimate failed; empty when it did not.
    """

    changed = Signal()

    def __init__(
        self, workspace: Workspace, settings: WindowSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._settings = workspace, settings
        self.tried = Tried()
        self.fault = ""
        self._wanted: dict[str, set[str]] = {"memory": set(), "estimate": set()}
        self._runs = self._is_given_up = self._gave_way = False
        self.pause = QTimer(self)
        self.pause.setSingleShot(True)
        self.pause.setInterval(PAUSE_MS)
        self.pause.timeout.connect(self.estimate)
        workspace.opened.connect(self._begin)
        workspace.changed.connect(self._take_change)
        workspace.figures_changed.connect(self._take_figures)
        workspace.evaluated.connect(self._take_full)
        workspace.runner.busy_changed.connect(lambda _: self._resume())

    @property
    def current(self) -> Attempt | None:
        """What is known of the configuration in force."""
        studio = self._workspace.studio
        return None if studio is None else self.tried.find(studio.document)

    @property
    def target(self) -> str:
        """The chip that estimates are for."""
        studio = self._workspace.studio
        chosen = studio.document.target if studio is not None else None
        return chosen or self._settings.target

    @property
    def is_estimating(self) -> bool:
        """Whether an estimate runs."""
        return self._runs

    def want(self, kind: str, pane: str, *, wanted: bool) -> None:
        """A pane on screen shows ``memory`` or the ``estimate``, or no longer does."""
        (self._wanted[kind].add if wanted else self._wanted[kind].discard)(pane)
        if wanted:
            self._bring()

    def set_automatic(self, *, automatic: bool) -> None:
        """Whether estimates follow every change by themselves."""
        self._settings.estimates_itself = automatic
        self._bring()

    def estimate(self) -> None:
        """Estimate the configuration in force for the chip, unless that is known."""
        studio, attempt, target = self._workspace.studio, self.current, self.target
        if studio is None or studio.derived.program is None or self._runs:
            return
        if attempt is not None and target in attempt.estimates:
            return
        self._runs, self.fault = True, ""
        state = studio.state
        document = state.history.current
        self._workspace.runner.submit(
            Lane.ESTIMATE,
            "Estimate",
            lambda progress: studio.estimate(target=target, state=state, progress=progress),
            lambda estimate: self._take_estimate(document, target, estimate),
            self._miss_estimate,
        )
        self.changed.emit()

    def stop(self) -> None:
        """Give the running estimate up."""
        self.pause.stop()
        self._is_given_up = self._runs
        self._workspace.runner.cancel(Lane.ESTIMATE)

    def _begin(self) -> None:
        self.tried.clear()
        self.fault, self._runs, self._gave_way = "", False, False
        self._bring()

    def _take_change(self) -> None:
        self.pause.stop()
        self.fault, self._gave_way = "", False
        if not self._workspace.is_pending:
            self._bring()

    def _take_figures(self) -> None:
        """Remember how well the configuration in force does."""
        studio, figures = self._workspace.studio, self._workspace.figures
        if studio is None or self._workspace.is_pending:
            return
        if figures is not None:
            history = figures.state.history
            name = history.steps[history.position].name
            known = self.tried.find(figures.document)
            self.tried.note(
                figures.document,
                live=quality_of(figures.evaluation),
                name=known.name if known is not None and known.name else name,
            )
            self.changed.emit()
        self._bring()

    def _take_full(self, figures: Figures) -> None:
        """Remember it of the configuration that was evaluated, whatever is in force by now."""
        self.tried.note(figures.document, full=quality_of(figures.evaluation))
        self.changed.emit()

    def _bring(self) -> None:
        """Begin what is wanted and not known."""
        studio, attempt = self._workspace.studio, self.current
        if studio is None or studio.derived.program is None or self._workspace.is_pending:
            return
        if self._wanted["memory"] and (attempt is None or self.target not in attempt.predictions):
            self._bring_memory(studio)
        has_estimate = attempt is not None and self.target in attempt.estimates
        if self._wanted["estimate"] and self._settings.estimates_itself and not has_estimate:
            self.pause.start()

    def _bring_memory(self, studio: Studio) -> None:
        state, target = studio.state, self.target
        document = state.history.current
        known = self.tried.find(document)
        held = {} if known is None else known.predictions

        def work(_: Progress) -> dict[str, object]:
            from tinyml_studio.app import measure  # noqa: PLC0415 - not at the start

            return measure.of_configuration(state.derived, target, held)

        def done(known: dict[str, object]) -> None:
            self.tried.note(document, **known)
            self.changed.emit()

        self._workspace.runner.submit(Lane.FOOTPRINT, "Memory", work, done, _pass)

    def _take_estimate(self, document: Document, target: str, estimate: Estimate) -> None:
        self._runs = False
        held = self.tried.note(document)
        self.tried.note(document, estimates={**held.estimates, target: estimate})
        self.changed.emit()
        self._bring()

    def _miss_estimate(self, error: Exception) -> None:
        """It went wrong, a person has stopped it, or it gave way to something else."""
        self._runs = False
        if not isinstance(error, Cancelled):
            self.fault = str(error)
        self._gave_way = isinstance(error, Cancelled) and not self._is_given_up
        self._is_given_up = False
        self.changed.emit()
        self._resume()

    def _resume(self) -> None:
        """Begin again what gave way to a run that changed nothing, once that has ended."""
        if self._gave_way and not self._workspace.runner.is_busy():
            self._gave_way = False
            self.pause.start()


def _pass(error: Exception) -> None:
    """What cannot be written has no size; the header's pane says why."""
