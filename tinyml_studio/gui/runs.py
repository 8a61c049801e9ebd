"""The long runs: opening, calibrating, saving, exporting, evaluating, verifying."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tinyml_studio.app.first_use import studio_class
from tinyml_studio.gui.open_session import prepare_rows
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.open_session import OpenSession
    from tinyml_studio.verify.report import VerifyReport


class Runs:
    """Starts what takes its time; the workspace tells how it ended."""

    def __init__(self, session: OpenSession) -> None:
        self._session = session

    def open_path(self, path: Path) -> None:
        """Open a model or a project."""
        self._session.front(
            f"Opening {path.name}",
            lambda progress: prepare_rows(studio_class().open(path, progress=progress)),
            self._session.take_studio,
            f"open {path.name}",
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
            lambda progress: studio.calibrate(path, scale=scale, offset=offset, progress=progress),
            self._session.take_changes,
            "calibrate",
        )

    def save(self, path: Path | None) -> None:
        """Write the project."""
        studio = self._session.need_studio()
        self._session.front(
            "Saving", lambda _: studio.save(path), self._session.saved.emit, "save the project"
        )

    def export(self, path: Path, *, target: str | None, name: str | None, self_test: int) -> None:
        """Write the header."""
        studio = self._session.need_studio()
        self._session.front(
            "Exporting",
            lambda progress: studio.export(
                path, target=target, name=name, self_test=self_test, progress=progress
            ),
            self._session.exported.emit,
            "export the header",
        )

    def evaluate(self, path: Path | None = None) -> None:
        """Compare integers with float over all samples."""
        studio = self._session.need_studio()
        self._session.front(
            "Evaluating",
            lambda progress: studio.evaluate(path, progress=progress),
            self._session.evaluated.emit,
            "evaluate",
        )

    def verify(self) -> None:
        """Compile the header here and compare it with the simulator."""
        studio = self._session.need_studio()

        def work(progress: Progress) -> VerifyReport:
            return studio.verify(progress=progress)

        self._session.front("Verifying", work, self._session.verified.emit, "verify the header")
