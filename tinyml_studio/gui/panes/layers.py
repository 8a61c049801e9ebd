"""The table of layers, where bits are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.states.assembling.layers import layers_state
from tinyml_studio.gui.views.layers_view import LayersView

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class LayersPane(Pane):
    """Shows choices and live figures of every layer."""

    name, title, place = "layers", "Layers", Place.CENTRE
    reacts = frozenset({Event.CHANGED, Event.FIGURES, Event.LATE})
    is_kept = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(LayersView())
        edits = self.workspace.edits
        self.ready.connect(self.view.show_state)
        self.view.bits_chosen.connect(edits.set_bits)
        self.view.granularity_chosen.connect(edits.set_granularity)
        self.view.method_chosen.connect(edits.set_method)
        self.view.all_chosen.connect(edits.set_all)
        self.view.refused.connect(desk.told)
        self.view.layer_chosen.connect(desk.select)

    def fill(self) -> None:
        """Choices at once, figures when they are there."""
        desk = self.desk
        self.tell(layers_state(desk.rows, desk.graph, desk.live, pending=desk.is_pending))

    def choose(self, layer: str) -> None:
        """Select its row."""
        self.view.choose(layer)
