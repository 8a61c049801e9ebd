"""The network as a diagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.network import Shown, figures_of, network_layout, network_state
from tinyml_studio.gui.views.graph_view import GraphView

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk
    from tinyml_studio.gui.states.graph_layout import Layout
    from tinyml_studio.ir.graph import Graph


class GraphPane(Pane):
    """Lays another network out in a thread; figures are shown at once."""

    name, title, place = "graph", "Graph", Place.CENTRE
    reacts = frozenset({Event.CHANGED, Event.FIGURES, Event.MEASURED})
    waits = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(GraphView())
        self._drawn: tuple[Graph, Layout | None] | None = None
        self.ready.connect(self.view.show_state)
        self._shown = Shown.ALONE
        self.view.layer_chosen.connect(desk.select)
        self.view.shown_chosen.connect(self._set_shown)

    def set_seen(self, *, seen: bool) -> None:
        """Bytes are wanted while somebody looks at them."""
        super().set_seen(seen=seen)
        self._want()

    def hear(self, event: Event) -> None:
        """Bytes change no errors."""
        if event is not Event.MEASURED or not self._shown.is_error:
            super().hear(event)

    def fill(self) -> None:
        """The figures of now; another network is laid out first."""
        studio = self.workspace.studio
        if studio is None:
            return
        graph = studio.derived.graph
        if self._drawn is None or self._drawn[0] is not graph:
            self.bring(
                Lane.GRAPH,
                lambda _: (graph, network_layout(graph)),
                self._take_layout,
                _raise,
            )
            return
        measuring, shown = self.desk.measuring, self._shown
        figures = figures_of(shown, self.desk.live, measuring.current, measuring.target)
        rows, drawing = studio.layers, self._drawn[1]
        self.assemble(
            Lane.GRAPH,
            lambda _: network_state(rows, graph, figures, drawing, shown),
            self.ready.emit,
        )

    def choose(self, layer: str) -> None:
        """Mark its box."""
        self.view.choose(layer)

    def _set_shown(self, shown: Shown) -> None:
        self._shown = Shown(shown)
        self._want()
        self.touch()

    def _want(self) -> None:
        wanted = self._is_seen and not self._shown.is_error
        self.desk.measuring.want("memory", self.name, wanted=wanted)

    def _take_layout(self, drawn: tuple[Graph, Layout | None]) -> None:
        self._drawn = drawn
        self.fill()


def _raise(error: Exception) -> None:
    """A layout needs nothing that can be missing: what goes wrong is a fault."""
    raise error
