"""All panes of a window: made from the table, told what happened, shown and hidden."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject

from tinyml_studio.gui.desk import Desk
from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.panes.table import PANES
from tinyml_studio.gui.theme import Colours


class Board(QObject):
    """Goes over the table of panes and passes on what the workspace tells."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._panes: dict[str, Pane] = {}

    def grow(self) -> Iterator[None]:
        """Make the panes, one at a step; then hear what happens."""
        for kind in PANES:
            self._panes[kind.name] = kind(self._desk)
            yield
        self._listen(self._desk)

    def _listen(self, desk: Desk) -> None:
        workspace = desk.workspace
        workspace.opened.connect(self._begin)
        workspace.changed.connect(self._take_change)
        workspace.figures_changed.connect(lambda: self._tell(Event.FIGURES))
        workspace.values_changed.connect(lambda: self._tell(Event.VALUES))
        workspace.evaluated.connect(lambda _: self._tell(Event.EVALUATED))
        workspace.runner.busy_changed.connect(lambda _: self._fill())
        desk.measuring.changed.connect(lambda: self._tell(Event.MEASURED))
        desk.patience.timeout.connect(lambda: self._tell(Event.LATE))
        desk.selected.connect(self._choose)

    def __iter__(self) -> Iterator[Pane]:
        return iter(self._panes.values())

    def __getitem__(self, name: str) -> Pane:
        return self._panes[name]

    def at(self, *places: Place) -> tuple[Pane, ...]:
        """The panes that stand there, in the order of the table."""
        return tuple(pane for pane in self if pane.place in places)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        for pane in self:
            pane.panel.set_colours(colours)

    def set_low(self, *, is_low: bool) -> None:
        """The window has little height, or enough."""
        for pane in self:
            pane.panel.set_low(is_low=is_low)

    def dispose(self) -> None:
        """Take all plots apart."""
        for pane in self:
            pane.panel.dispose()

    def _begin(self) -> None:
        for pane in self:
            pane.begin()

    def _take_change(self) -> None:
        """Show the choices at once; the values and figures that follow come by themselves."""
        self._desk.patience.start()
        self._tell(Event.CHANGED)

    def _choose(self, layer: str) -> None:
        for pane in self:
            pane.choose(layer)
        self._tell(Event.SELECTED)

    def _tell(self, event: Event) -> None:
        for pane in self:
            pane.hear(event)

    def _fill(self) -> None:
        """What gave way to an edit that changed nothing begins again."""
        if not self._desk.workspace.runner.is_busy():
            for pane in self:
                pane.fill_stale()
