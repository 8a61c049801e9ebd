"""The long runs: opening, calibrating, saving, exporting, evaluating, verifying."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from tinyml_studio.app.first_use import studio_class
from tinyml_studio.gui.dialogs.export_dialog import C_FORMS
from tinyml_studio.gui.open_session import Figures, prepare_rows
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.text import clean
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.app.changes import Changes
    from tinyml_studio.app.recovery import Record
    from tinyml_studio.app.studio import Studio
    from tinyml_studio.formats.input_shapes import InputShapes
    from tinyml_studio.gui.open_session import OpenSession
    from tinyml_studio.verify.report import VerifyReport


NOTE = 800
NAMED = 6
"""Layers that a notice names; the command line names all."""


def _real_note(studio: Studio, form: str) -> str:
    """Which layers of an exported model have no operator on integers."""
    from tinyml_studio.app.model_file import real_note  # noqa: PLC0415 - not at the start

    names = names_of(studio.layers)
    note = real_note(studio.derived, form, most=NAMED, names=names)
    return f"{clean(note, limit=NOTE)}." if note else ""


class Runs:
    """Starts what takes its time; the workspace tells how it ended."""

    def __init__(self, session: OpenSession) -> None:
        self._session = session
        self.wanted: Path | None = None
        self.located: Path | None = None
        self.arithmetic = ""
        session.runner.busy_changed.connect(self._rest)

    def _rest(self, busy: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        if not busy:
            self._session.verifying.emit(False)  # noqa: FBT003 - the same

    def open_path(
        self,
        path: Path,
        *,
        model: Path | None = None,
        accept_changed: bool = False,
    ) -> None:
        """Open a model or a project; `model` says where the project's model is now."""
        self.wanted, self.located = path, model
        self._open(
            path,
            lambda progress: studio_class().open(
                path, model=model, accept_changed=accept_changed, progress=progress
            ),
        )

    def open_sized(self, path: Path, shapes: InputShapes) -> None:
        """Open a model whose file leaves sizes open, with the `shapes` of those inputs."""
        self.wanted, self.located = path, None
        self._open(
            path,
            lambda progress: studio_class().open_model(
                path, input_shapes=shapes, progress=progress
            ),
        )

    def _open(self, path: Path, make: Callable[[Progress], Studio]) -> None:
        """Open in the arithmetic that the person prefers."""
        arithmetic = self.arithmetic

        def work(progress: Progress) -> Studio:
            made = make(progress)
            if arithmetic:
                made.prefer_arithmetic(arithmetic)
            return prepare_rows(made)

        self._session.front(
            f"Opening {path.name}", work, self._session.take_studio, f"open {path.name}"
        )

    def open_recovered(self, record: Record) -> None:
        """Go on with the unsaved work of a session that was lost."""
        self.wanted = None
        self._session.front(
            "Recovering unsaved work",
            lambda progress: prepare_rows(studio_class().open_recovered(record, progress=progress)),
            self._session.take_studio,
            "recover the unsaved work",
        )

    def open_example(self, name: str) -> None:
        """Open a bundled example."""
        self._session.front(
            "Opening the example",
            lambda progress: prepare_rows(studio_class().open_example(name, progress=progress)),
            self._session.take_studio,
            "open the example",
        )

    def calibrate(self, path: Path, scale: float | None, offset: float | None) -> None:
        """Measure the ranges on other samples."""
        studio = self._session.need_studio()
        self._session.front(
            f"Calibrating with {path.name}",
            lambda progress: self._calibrated(
                studio,
                studio.calibrate(path, scale=scale, offset=offset, progress=progress),
            ),
            self._take_calibrated,
            "calibrate",
        )

    def set_reference(self, path: Path | None) -> None:
        """Hold errors and histograms against another model, or against this one again."""
        studio = self._session.need_studio()

        def work(progress: Progress) -> Changes:
            changes = studio.set_reference(path, progress=progress)
            prepare_rows(studio)
            return changes

        title = "Back to this model in float" if path is None else f"Reading {path.name}"
        self._session.front(title, work, self._session.take_changes, "hold against that model")

    def locate_data(self, path: Path, *, accept_changed: bool = False) -> None:
        """Say where the calibration samples are now."""
        studio = self._session.need_studio()
        self._session.front(
            f"Calibrating with {path.name}",
            lambda progress: self._calibrated(
                studio,
                studio.locate_data(path, accept_changed=accept_changed, progress=progress),
            ),
            self._take_calibrated,
            "calibrate",
        )

    def _calibrated(self, studio: Studio, changes: Changes) -> tuple[Changes, str]:
        prepare_rows(studio)
        return changes, studio.altered_model()

    def _take_calibrated(self, found: tuple[Changes, str]) -> None:
        self._session.take_changes(found[0])
        self._tell(found[1])

    def _tell(self, note: str) -> None:
        if note:
            self._session.noticed.emit(note)

    def save(self, path: Path | None, *, overwrite: bool = False) -> None:
        """Write the project; `overwrite` even over what somebody else has saved meanwhile."""
        studio = self._session.need_studio()
        self._session.front(
            "Saving",
            lambda _: studio.save(path, overwrite=overwrite),
            self._session.saved.emit,
            "save the project",
        )

    def export(
        self,
        path: Path,
        *,
        target: str | None,
        name: str | None,
        self_test: int,
        form: str = "c",
        split: bool = False,
    ) -> None:
        """Write the header, or a model of another format, which has no target."""
        studio = self._session.need_studio()

        def work(progress: Progress) -> tuple[Path, str]:
            note = studio.altered_model()
            if form not in C_FORMS:
                written = studio.export_model(path, form=form, progress=progress)
                return written, f"{note} {_real_note(studio, form)}".strip()
            written = studio.export(
                path,
                target=target,
                name=name,
                self_test=self_test,
                split=split,
                form=form,
                progress=progress,
            )
            return written, note

        self._session.front(
            "Exporting",
            work,
            self._take_exported,
            "export the header" if form in C_FORMS else "export the model",
        )

    def _take_exported(self, found: tuple[Path, str]) -> None:
        self._session.exported.emit(found[0])
        self._tell(found[1])

    def evaluate(self, path: Path | None = None) -> None:
        """Compare integers with float over all samples."""
        studio = self._session.need_studio()

        def work(progress: Progress) -> Figures:
            state = studio.state
            return Figures(studio.evaluate(path, state=state, progress=progress), state)

        self._session.front("Evaluating", work, self._session.evaluated.emit, "evaluate")

    def verify(self, *, target: str | None = None) -> None:
        """Compile the header here and compare it with the simulator."""
        studio = self._session.need_studio()

        def work(progress: Progress) -> tuple[VerifyReport, int]:
            generation = studio.generation  # edits wait behind this run
            return studio.verify(target=target, progress=progress), generation

        self._session.front(
            "Verifying",
            work,
            lambda found: self._session.verified.emit(*found),
            "verify the header",
        )
        self._session.verifying.emit(True)  # noqa: FBT003 - a signal has no keywords
