"""What the simulator pane runs over all samples: the confusion matrix, and comparisons."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.states import comparison, confusion
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.choices import ARITHMETICS
from tinyml_studio.gui.states.comparison import CompareState, compare_state
from tinyml_studio.gui.states.confusion import ConfusionState, confusion_state
from tinyml_studio.gui.states.text import clean

if TYPE_CHECKING:
    from tinyml_studio.app.confusion import Classes
    from tinyml_studio.gui.desk import Desk
    from tinyml_studio.gui.widgets.compare_page import ComparePage
    from tinyml_studio.gui.widgets.confusion_page import ConfusionPage
    from tinyml_studio.progress import Progress
    from tinyml_studio.simulate.difference import Difference

MOST_COMPARED = 64
"""Samples of the calibration set that two arithmetics are compared on."""


@dataclass(frozen=True, eq=False)
class _Compared:
    """A result, with what, and for which state of the studio."""

    found: Difference
    other: str
    generation: int


class WholeSet(QObject):
    """Starts the runs, one after another with all other long ones, and keeps their results."""

    def __init__(
        self, desk: Desk, matrix: ConfusionPage, compare: ComparePage, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._desk, self._workspace = desk, desk.workspace
        self._matrix, self._compare = matrix, compare
        self._classes: tuple[Classes, int] | None = None
        self._compared: _Compared | None = None
        self._shows_float = False
        matrix.run_asked.connect(self._run)
        matrix.float_chosen.connect(self._choose_float)
        compare.arithmetic_asked.connect(self._compare_arithmetic)
        compare.dump_asked.connect(self._ask_dump)
        self._workspace.runner.busy_changed.connect(self._set_busy)

    def forget(self) -> None:
        """The results were another model's."""
        self._classes = self._compared = None

    def show(self) -> None:
        """Both pages as they are now."""
        self._matrix.show_state(self._confusion())
        self._compare.show_state(self._comparison())
        studio = self._workspace.studio
        if studio is not None:
            others = tuple(name for name in ARITHMETICS if name != studio.document.arithmetic)
            self._compare.offer(others)

    def _confusion(self) -> ConfusionState:
        studio = self._workspace.studio
        if studio is None or self._classes is None:
            return ConfusionState(hint=confusion.ASK)
        found, generation = self._classes
        is_old = generation != studio.generation
        return confusion_state(found, shows_float=self._shows_float, is_old=is_old)

    def _comparison(self) -> CompareState:
        studio, held = self._workspace.studio, self._compared
        if studio is None or held is None:
            return CompareState(hint=comparison.ASK)
        names, is_old = names_of(studio.layers), held.generation != studio.generation
        return compare_state(held.found, names, held.other, is_old=is_old)

    def _run(self) -> None:
        studio = self._workspace.need_studio()
        derived, generation, data = studio.derived, studio.generation, studio.test_data

        def work(progress: Progress) -> Classes:
            from tinyml_studio.app.confusion import classes_of  # noqa: PLC0415 - not at the start

            samples = derived.need_samples() if data is None else studio.read_samples(data)
            return classes_of(derived, samples, progress=progress)

        def done(found: Classes) -> None:
            self._classes = (found, generation)
            self.show()

        self._workspace.front("Running the whole set", work, done, "run the whole set")

    def _choose_float(self, shown: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._shows_float = shown
        self.show()

    def _compare_arithmetic(self, name: str) -> None:
        studio = self._workspace.need_studio()
        derived, generation = studio.derived, studio.generation

        def work(progress: Progress) -> Difference:
            from tinyml_studio.app.difference import difference  # noqa: PLC0415 - not at the start
            from tinyml_studio.app.other_arithmetic import (  # noqa: PLC0415 - not at the start
                with_arithmetic,
            )

            samples = derived.need_samples().spread(MOST_COMPARED)
            other = with_arithmetic(derived, name)
            return difference(derived, other, samples, progress=progress)

        def done(found: Difference) -> None:
            self._keep(found, f"Against {ARITHMETICS[name][0]}", generation)

        self._workspace.front(f"Comparing with {name}", work, done, f"compare with {name}")

    def _ask_dump(self) -> None:
        folder = files.ask_dump_folder(self._compare, self._desk.settings.folder)
        if folder is not None:
            self.compare_dump(folder)

    def compare_dump(self, folder: Path) -> None:
        """Compare with the tensors in a folder."""
        studio = self._workspace.need_studio()
        generation, name = studio.generation, clean(folder.name, limit=40)
        self._workspace.front(
            f"Comparing with {name}",
            lambda progress: studio.diff_dump(folder, progress=progress),
            lambda found: self._keep(found, f"Against {name}", generation),
            f"compare with {name}",
        )

    def _keep(self, found: Difference, other: str, generation: int) -> None:
        self._compared = _Compared(found, other, generation)
        self.show()

    def _set_busy(self, busy: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self._matrix.set_busy(busy=busy)
        self._compare.set_busy(busy=busy)
