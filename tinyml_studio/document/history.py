"""Undo and redo by snapshots of the frozen Document; a History is itself frozen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tinyml_studio.document.document import Document

LIMIT = 500


@dataclass(frozen=True, slots=True)
class Step:
    """A Document and the name of the change that led to it."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class History:
    """The steps that can be gone back and forth.

    Parameters
    ----------
    steps
        Oldest first; the first is where the session began.
    position
        Index of the current step.
    saved
        The Document as it stands on disk; the session is dirty while the current one differs.
    """

    steps: tuple[Step, ...]
    position: int
    saved: Document

    @classmethod
    def start(cls, document: Document, name: str) -> History:
        """A session that begins with this document, clean."""
        return cls((Step(name, document),), 0, document)

    @property
    def current(self) -> Document:
        """The document as it is now."""
        return self.steps[self.position].document

    @property
    def dirty(self) -> bool:
        """Whether there is something to save."""
        return self.current != self.saved

    @property
    def undo_name(self) -> str | None:
        """Name of the step that `undo` takes back; None when there is none."""
        return self.steps[self.position].name if self.position else None

    @property
    def redo_name(self) -> str | None:
        """Name of the step that `redo` does again; None when there is none."""
        following = self.position + 1
        return self.steps[following].name if following < len(self.steps) else None

    def push(self, document: Document, name: str) -> History:
        """A further step; steps that were undone are dropped, and the oldest beyond the limit."""
        steps = (*self.steps[: self.position + 1], Step(name, document))[-LIMIT:]
        return replace(self, steps=steps, position=len(steps) - 1)

    def goto(self, position: int) -> History:
        """The same steps with another one current.

        Raises
        ------
        IndexError
            If there is no step at `position`.
        """
        if not 0 <= position < len(self.steps):
            raise IndexError(f"the history has {len(self.steps)} steps, there is no {position}")
        return replace(self, position=position)

    def undo(self) -> History:
        """One step back; IndexError at the first."""
        return self.goto(self.position - 1)

    def redo(self) -> History:
        """One step forth; IndexError at the last."""
        return self.goto(self.position + 1)

    def mark_saved(self, document: Document) -> History:
        """The same with `document` as what stands on disk."""
        return replace(self, saved=document)
