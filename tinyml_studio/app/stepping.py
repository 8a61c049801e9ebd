"""The state of one open model, the one door through which it changes, and the way back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tinyml_studio.app.changes import Changes, compare
from tinyml_studio.app.derived import Derived, resolve
from tinyml_studio.app.opening import Opened
from tinyml_studio.app.rows import LayerRow, layer_rows
from tinyml_studio.document.document import Document
from tinyml_studio.document.history import History
from tinyml_studio.errors import SchemeError
from tinyml_studio.progress import Progress, silent


@dataclass(frozen=True)
class State:
    """One consistent state of a session.

    Parameters
    ----------
    history
        Its current step is the document.
    derived
        What follows from it.
    generation
        Grows with every change.
    """

    history: History
    derived: Derived
    generation: int = 0

    @cached_property
    def layers(self) -> tuple[LayerRow, ...]:
        """The rows of the layer table."""
        return layer_rows(self.derived)


class Stepping:
    """What is open, and the steps that led to it.

    Every change goes through `apply` and is one step of undo. A state is replaced as a whole, so
    whatever reads has one consistent state: a long run in a worker thread is not disturbed by an
    edit, and answers for the state in which it began.

    Parameters
    ----------
    opened
        The first state.
    """

    def __init__(self, opened: Opened) -> None:
        self._state = State(opened.history, opened.derived)
        self._store = opened.store
        self._lock = threading.Lock()
        self._path, self._base = opened.path, opened.base
        self._test_data = opened.test_data

    @property
    def path(self) -> Path | None:
        """The project file; None while it was never saved."""
        return self._path

    @property
    def base(self) -> str | None:
        """SHA-256 of the project file as it was read or written last; None without a file."""
        return self._base

    @property
    def test_data(self) -> Path | None:
        """Labelled samples that came with an example."""
        return self._test_data

    @property
    def state(self) -> State:
        """The current state, to read several things of one moment."""
        return self._state

    @property
    def document(self) -> Document:
        """What is saved and undone."""
        return self._state.history.current

    @property
    def derived(self) -> Derived:
        """Graph, statistics and program, or why there is none."""
        return self._state.derived

    @property
    def history(self) -> History:
        """The steps of undo and redo."""
        return self._state.history

    @property
    def generation(self) -> int:
        """Number of the current state; grows with every change."""
        return self._state.generation

    @property
    def dirty(self) -> bool:
        """Whether there are changes that are not saved."""
        return self._state.history.dirty

    @property
    def name(self) -> str:
        """Name of the session for a title: of the project's file, else of the model's."""
        return (self._path or self.document.model_path).stem

    @property
    def layers(self) -> tuple[LayerRow, ...]:
        """The rows of the layer table: inputs of the model, then its layers in order."""
        return self._state.layers

    def apply(
        self,
        edit: Callable[[Document], Document],
        name: str,
        *,
        progress: Progress = silent,
    ) -> Changes:
        """Change the document: the one door for every change.

        The new document is resolved before it is taken over; when that is refused, nothing has
        changed. An edit that changes nothing is no step.

        Parameters
        ----------
        edit
            Makes the new document from the current one.
        name
            What undo calls the step, such as ``conv2d_1 → w4a8``.
        progress
            Told about reading and calibrating, where the edit needs it.

        Raises
        ------
        SchemeError
            If the combination is refused; names the layer.
        """

        def step(history: History) -> History:
            document = edit(history.current)
            return history if document == history.current else history.push(document, name)

        return self._move(step, name, refuse=True, progress=progress)

    def undo(self) -> Changes:
        """Take the last change back; IndexError when there is none."""
        return self._move(History.undo, f"undo {self.undo_name}")

    def redo(self) -> Changes:
        """Do the change again that was taken back; IndexError when there is none."""
        return self._move(History.redo, f"redo {self.redo_name}")

    def goto(self, position: int) -> Changes:
        """Go to a step of `history.steps`; IndexError when there is none."""
        return self._move(lambda history: history.goto(position), f"step {position}")

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self.undo_name is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to do again."""
        return self.redo_name is not None

    @property
    def undo_name(self) -> str | None:
        """Name of the change that `undo` takes back."""
        return self._state.history.undo_name

    @property
    def redo_name(self) -> str | None:
        """Name of the change that `redo` does again."""
        return self._state.history.redo_name

    def refresh(self, *, progress: Progress = silent) -> Derived:
        """Compute what ``open(compute=False)`` left out, or what failed for want of a file."""
        self._move(lambda history: history, "refresh", afresh=True, progress=progress)
        return self.derived

    def _move(
        self,
        step: Callable[[History], History],
        name: str,
        *,
        refuse: bool = False,
        afresh: bool = False,
        progress: Progress = silent,
    ) -> Changes:
        """Replace the state; another thread that was faster makes it start again."""
        while True:
            state = self._state
            history = step(state.history)
            previous = None if afresh else state.derived
            derived = resolve(history.current, previous, self._store, progress=progress)
            if refuse and _newly_refused(state.derived, derived):
                raise derived.missing_reason()
            generation = state.generation + 1
            changes = compare(state.derived, derived, name=name, generation=generation)
            with self._lock:
                if self._state is not state:
                    continue
                self._state = State(history, derived, generation)
            return changes


def _newly_refused(before: Derived, after: Derived) -> bool:
    """Whether an edit leads to a refused scheme; one that was refused already may be mended."""
    is_refused = isinstance(after.refusal, SchemeError)
    return is_refused and not isinstance(before.refusal, SchemeError)
