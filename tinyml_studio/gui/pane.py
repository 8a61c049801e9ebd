"""A pane: one view, filled when somebody looks at it and what it shows is old."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from PySide6.QtCore import QObject, Signal

from tinyml_studio.errors import Cancelled
from tinyml_studio.progress import silent

if TYPE_CHECKING:
    from tinyml_studio.app.jobs import Job
    from tinyml_studio.gui.desk import Desk
    from tinyml_studio.gui.qt_jobs import Lane
    from tinyml_studio.gui.widgets.panel import Panel
    from tinyml_studio.progress import Progress

MOST_AT_ONCE = 500
"""Layers whose states are made within some milliseconds."""

View = TypeVar("View", bound="Panel")


class Place(Enum):
    """Where a pane stands as long as nobody moves it."""

    HEAD = auto()
    CENTRE = auto()
    LEFT = auto()
    RIGHT = auto()
    BOTTOM = auto()
    BESIDE = auto()


class Event(Enum):
    """What makes the content of a pane old; another model does so for every pane."""

    CHANGED = auto()
    FIGURES = auto()
    VALUES = auto()
    SELECTED = auto()
    EVALUATED = auto()
    MEASURED = auto()
    LATE = auto()


class Pane(QObject):
    """Assembles the state of one view and binds what the view tells.

    A subclass makes its view with `adopt`, names in `reacts` what makes it old, and answers
    `fill`, which is called only while the pane is seen.

    Attributes
    ----------
    ready
        A new state for the view.
    name, title
        Stable name, and what the tab says.
    place
        Where it stands.
    reacts
        What makes its content old.
    waits
        It takes its time, so after an edit it waits until the live figures are there; a pane that
        has shown nothing yet, or only what is missing, does not wait.
    is_kept
        It is kept up to date even while nobody sees it.
    starts_open
        Whether the usual layout shows it.
    """

    ready = Signal(object)
    name: ClassVar[str]
    title: ClassVar[str]
    place: ClassVar[Place] = Place.BOTTOM
    reacts: ClassVar[frozenset[Event]] = frozenset()
    waits: ClassVar[bool] = False
    is_kept: ClassVar[bool] = False
    starts_open: ClassVar[bool] = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.desk, self.workspace = desk, desk.workspace
        self.panel: Panel
        self._is_seen = self.is_kept
        self._is_stale = True
        self._is_blank = True
        self._told: tuple[object] | None = None

    def adopt(self, view: View) -> View:
        """Take a view as the one of this pane."""
        self.panel = view
        view.data_asked.connect(self.desk.commands.calibrate)
        return view

    def set_seen(self, *, seen: bool) -> None:
        """The pane came on screen or went away."""
        self._is_seen = seen or self.is_kept
        self.fill_stale()

    def hear(self, event: Event) -> None:
        """Something happened."""
        if event in self.reacts:
            self._is_stale = True
        self.fill_stale()

    def begin(self) -> None:
        """Another model is open."""
        self.forget()
        self.touch()

    def touch(self) -> None:
        """What the pane shows is old."""
        self._is_stale = True
        self.fill_stale()

    def fill_stale(self) -> None:
        """Bring the content up to date, if it is old, seen, and does not have to wait."""
        if not self._is_stale or not self._is_seen or self.workspace.studio is None:
            return
        if self.waits and self.workspace.is_pending and not self._is_blank:
            return
        self._is_stale = self._is_blank = False
        self.fill()

    def tell(self, state: object, key: object = None) -> None:
        """Tell the view, unless it shows that already; `key` stands for the state."""
        known = state if key is None else key
        if not self.is_told(known):
            self._told = (known,)
            self.ready.emit(state)

    def is_told(self, key: object) -> bool:
        """Whether the view shows what `key` stands for."""
        return self._told == (key,)

    def bring(
        self,
        lane: Lane,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        missed: Callable[[Exception], None],
    ) -> Job[Any]:
        """Compute in a thread; a job that gave way to an edit is begun again afterwards."""

        def failed(error: Exception) -> None:
            if not isinstance(error, Cancelled):
                missed(error)
                return
            self._is_stale = True
            if not self.workspace.runner.is_busy():
                self.fill_stale()

        return self.workspace.runner.submit(lane, self.title, work, done, failed)

    def assemble(
        self,
        lane: Lane,
        work: Callable[[Progress], Any],
        done: Callable[[Any], None],
        *,
        is_heavy: bool = False,
    ) -> None:
        """Make a state of all layers: those of a long network in a thread, so that nothing waits.

        For a short one a thread would bring it later, not sooner, unless it `is_heavy` besides.
        """
        if is_heavy or len(self.desk.rows) > MOST_AT_ONCE:
            self.bring(lane, work, done, raise_fault)
        else:
            self.workspace.runner.overtake(lane)
            done(work(silent))

    # what subclasses answer

    def fill(self) -> None:
        """Show what is the case now."""

    def forget(self) -> None:
        """Drop what belonged to the model before."""

    def choose(self, layer: str) -> None:
        """Another layer is selected, whether the pane is seen or not."""


def raise_fault(error: Exception) -> None:
    """A state of what is in memory needs nothing that can be missing: this is a fault."""
    raise error
