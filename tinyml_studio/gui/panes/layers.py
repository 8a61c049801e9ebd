"""The table of layers, where bits are chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.layers import layers_state
from tinyml_studio.gui.states.layers import (
    Column,
    LayersState,
    Refusal,
    with_refusal,
    with_same_rows,
)
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.layers_view import LayersView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.app.tried import Attempt
    from tinyml_studio.gui.desk import Desk


class LayersPane(Pane):
    """Shows choices and live figures of every layer."""

    name, title, place = "layers", "Layers", Place.CENTRE
    reacts = frozenset({Event.CHANGED, Event.FIGURES, Event.LATE, Event.MEASURED})
    is_kept = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(LayersView())
        self._memory: Attempt | None = None
        self._asked: tuple[tuple[str, ...], str] | None = None
        self._refusal: Refusal | None = None
        edits = self.workspace.edits
        self.ready.connect(self.view.show_state)
        self.view.bits_chosen.connect(self._set_bits)
        self.workspace.refused.connect(self._take_refusal)
        self.view.granularity_chosen.connect(edits.set_granularity)
        self.view.method_chosen.connect(edits.set_method)
        self.view.all_chosen.connect(edits.set_all)
        self.view.preset_chosen.connect(edits.set_preset)
        self.view.refused.connect(desk.told)
        self.view.layer_chosen.connect(desk.select)
        self.view.table.set_columns(frozenset(map(Column, desk.settings.columns)))
        self.view.columns_chosen.connect(self._keep_columns)

    def fill(self) -> None:
        """Choices at once, figures when they are there."""
        desk, before = self.desk, self.view.state
        rows, graph, live, pending = desk.rows, desk.graph, desk.live, desk.is_pending
        known, studio = desk.measuring.current, self.workspace.studio
        if studio is None or studio.derived.program is None:
            self._memory = None  # nothing is compiled that could take any
        if known is not None and known.data_bytes is not None:
            self._memory = known
        memory, target = self._memory, desk.measuring.target
        refusal = self._refusal

        def work(_: Progress) -> LayersState:
            state = layers_state(rows, graph, live, memory, target=target, pending=pending)
            return with_same_rows(with_refusal(state, refusal), before)

        self.assemble(Lane.TABLE, work, self._take)

    def _take(self, state: LayersState) -> None:
        self.tell(state)
        self.view.choose(self.workspace.selected)

    def hear(self, event: Event) -> None:
        """Bytes that are there already are no news."""
        if event is Event.CHANGED:
            self._asked = self._refusal = None
        known, target = self.desk.measuring.current, self.desk.measuring.target
        if event is Event.MEASURED and _is_the_same(known, self._memory, target):
            return
        super().hear(event)

    def set_seen(self, *, seen: bool) -> None:
        """Bytes are wanted while somebody looks."""
        super().set_seen(seen=seen)
        self.desk.measuring.want("memory", self.name, wanted=seen)

    def forget(self) -> None:
        """The bytes were those of another model."""
        self._memory = self._asked = self._refusal = None

    def _set_bits(self, layers: tuple[str, ...], bits: str) -> None:
        self._asked = (layers, bits)
        self.workspace.edits.set_bits(layers, bits)

    def _take_refusal(self, error: Exception) -> None:
        """Say in the cells what was refused there, until the next change."""
        if self._asked is not None:
            self._refusal = Refusal(*self._asked, clean(str(error), limit=300))
            self._asked = None
            self.touch()

    def choose(self, layer: str) -> None:
        """Select its row."""
        self.view.choose(layer)

    def _keep_columns(self, columns: frozenset[Column]) -> None:
        self.desk.settings.columns = tuple(column.value for column in Column if column in columns)


def _is_the_same(known: Attempt | None, held: Attempt | None, target: str) -> bool:
    """Whether nothing is known of bytes and the chip that was not."""
    if known is None or held is None:
        return known is None
    bytes_too = known.flash_by_layer is held.flash_by_layer
    return bytes_too and known.known(target) is held.known(target)
