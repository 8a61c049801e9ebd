"""What is open in the window: the studio, the figures that belong to it, and the jobs on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from tinyml_studio.app.first_use import studio_class
from tinyml_studio.errors import Cancelled
from tinyml_studio.gui.qt_jobs import Lane, Runner
from tinyml_studio.progress import Progress
from tinyml_studio.quantize.scheme import Granularity, RangeMethod

if TYPE_CHECKING:
    from tinyml_studio.app.changes import Changes
    from tinyml_studio.app.layer_values import LayerValues
    from tinyml_studio.app.studio import Studio
    from tinyml_studio.simulate.evaluate import Evaluation
    from tinyml_studio.verify.report import VerifyReport

LIVE_SAMPLES = 64


@dataclass(frozen=True, eq=False)
class Figures:
    """Per-layer errors and for which state of the studio they were computed."""

    evaluation: Evaluation
    generation: int


class Workspace(QObject):
    """The one place in the window that runs the studio, always off the window's thread.

    Attributes
    ----------
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
    evaluated, verified, exported
        A run has ended; carries its result.
    failed
        An exception, and what the person wanted.
    refused
        An edit that was not taken over, as an exception.
    """

    opened = Signal()
    changed = Signal(object)
    saved = Signal(object)
    figures_changed = Signal()
    values_changed = Signal()
    evaluated = Signal(object)
    verified = Signal(object)
    exported = Signal(object)
    failed = Signal(object, str)
    refused = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.runner = Runner(self)
        self.studio: Studio | None = None
        self.figures: Figures | None = None
        self.figures_fault = ""
        self.values: LayerValues | None = None
        self.selected = ""

    @property
    def is_pending(self) -> bool:
        """Whether the figures on screen are older than the document."""
        studio, figures = self.studio, self.figures
        if studio is None or not studio.derived.can_be_measured or self.figures_fault:
            return False
        return figures is None or figures.generation != studio.generation

    def open_path(self, path: Path) -> None:
        """Open a model or a project."""
        self._front(
            f"Opening {path.name}",
            lambda progress: prepare_rows(studio_class().open(path, progress=progress)),
            self._take_studio,
            f"open {path.name}",
        )

    def open_example(self, name: str) -> None:
        """Open a bundled example."""
        self._front(
            "Opening the example",
            lambda progress: prepare_rows(studio_class().open_example(name, progress=progress)),
            self._take_studio,
            "open the example",
        )

    def set_bits(self, layers: tuple[str, ...], bits: str) -> None:
        """Choose a width for layers, as one step."""
        self._edit(lambda studio: studio.set_layers(layers, bits=bits))

    def set_granularity(self, layers: tuple[str, ...], granularity: str) -> None:
        """Choose one weight scale per channel or per tensor for layers, as one step."""
        chosen = Granularity(granularity)
        self._edit(lambda studio: studio.set_layers(layers, granularity=chosen))

    def set_method(self, layers: tuple[str, ...], method: str) -> None:
        """Choose how the ranges of layers are found, as one step."""
        chosen = RangeMethod(method)
        self._edit(lambda studio: studio.set_layers(layers, range_method=chosen))

    def set_all(self, bits: str, granularity: str, method: str) -> None:
        """Choose for every layer, as one step; an empty text leaves that as it is."""
        self._edit(
            lambda studio: studio.set_all(
                bits=bits or None,
                granularity=Granularity(granularity) if granularity else None,
                range_method=RangeMethod(method) if method else None,
            )
        )

    def set_range(self, layer: str, limits: tuple[float, float] | None) -> None:
        """Set the range of a layer's output by hand, or give it back to the method."""
        self._edit(lambda studio: studio.set_range(layer, limits))

    def undo(self) -> None:
        """Take the last change back."""
        self._edit(lambda studio: studio.undo() if studio.can_undo else None)

    def redo(self) -> None:
        """Do the change again."""
        self._edit(lambda studio: studio.redo() if studio.can_redo else None)

    def go_to(self, step: int) -> None:
        """Go to a step of the history, back or forward."""
        self._edit(lambda studio: studio.goto(step))

    def calibrate(self, path: Path, scale: float | None, offset: float | None) -> None:
        """Measure the ranges on other samples."""
        studio = self._need_studio()
        self._front(
            f"Calibrating with {path.name}",
            lambda progress: studio.calibrate(path, scale=scale, offset=offset, progress=progress),
            self._take_changes,
            "calibrate",
        )

    def save(self, path: Path | None) -> None:
        """Write the project."""
        studio = self._need_studio()
        self._front("Saving", lambda _: studio.save(path), self.saved.emit, "save the project")

    def export(self, path: Path, *, target: str | None, name: str | None, self_test: int) -> None:
        """Write the header."""
        studio = self._need_studio()
        self._front(
            "Exporting",
            lambda progress: studio.export(
                path, target=target, name=name, self_test=self_test, progress=progress
            ),
            self.exported.emit,
            "export the header",
        )

    def evaluate(self, path: Path | None = None) -> None:
        """Compare integers with float over all samples."""
        studio = self._need_studio()
        self._front(
            "Evaluating",
            lambda progress: studio.evaluate(path, progress=progress),
            self.evaluated.emit,
            "evaluate",
        )

    def verify(self) -> None:
        """Compile the header here and compare it with the simulator."""
        studio = self._need_studio()

        def work(progress: Progress) -> VerifyReport:
            return studio.verify(progress=progress)

        self._front("Verifying", work, self.verified.emit, "verify the header")

    def select(self, layer: str) -> None:
        """Bring the values of a layer."""
        self.selected = layer
        self._bring_values()

    def close(self) -> bool:
        """Stop all jobs; whether they have ended."""
        return self.runner.stop()

    def _need_studio(self) -> Studio:
        if self.studio is None:
            raise ValueError("nothing is open")
        return self.studio

    def _front(
        self,
        title: str,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        wish: str,
    ) -> None:
        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                self.failed.emit(error, wish)

        self.runner.submit(Lane.FRONT, title, work, done, failed)

    def _edit(self, change: Callable[[Studio], Changes | None]) -> None:
        studio = self._need_studio()

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                self.refused.emit(error)

        def work(_: Progress) -> Changes | None:
            changes = change(studio)
            prepare_rows(studio)
            return changes

        self.runner.submit(Lane.FRONT, "Applying the change", work, self._take_changes, failed)

    def _take_studio(self, studio: Studio) -> None:
        self.studio = studio
        self.figures, self.values, self.figures_fault = None, None, ""
        self.selected = _first_with_weights(studio)
        self.opened.emit()
        self._bring_figures()

    def _take_changes(self, changes: Changes | None) -> None:
        if changes is None:
            return
        self.figures_fault = ""
        self.changed.emit(changes)
        self._bring_figures()

    def _bring_figures(self) -> None:
        """Start the live figures of the current state; the values wait behind them."""
        studio = self._need_studio()
        if not studio.derived.can_be_measured:
            self.figures = None
            self.figures_changed.emit()
            self._bring_values()
            return
        generation = studio.generation

        def work(progress: Progress) -> Figures:
            return Figures(studio.errors(LIVE_SAMPLES, progress=progress), generation)

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
        studio, layer = self._need_studio(), self.selected
        if not layer:
            return
        self.runner.submit(
            Lane.VALUES,
            "Values",
            lambda _: studio.layer_values(layer),
            self._take_values,
            lambda error: (
                None
                if isinstance(error, Cancelled)
                else self.failed.emit(error, "show the distributions")
            ),
        )

    def _take_values(self, values: LayerValues) -> None:
        self.values = values
        self.values_changed.emit()


def prepare_rows(studio: Studio) -> Studio:
    """Compute the rows here, in the worker, instead of at their first use in the window."""
    _ = studio.layers
    return studio


def _first_with_weights(studio: Studio) -> str:
    """The layer to begin with."""
    rows = studio.layers
    chosen = [row for row in rows if row.weight_bits is not None] or list(rows)
    return chosen[0].name if chosen else ""
