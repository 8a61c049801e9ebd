"""Turns what the workspace holds into what the views show, and tells only what differs.

Figures that are on their way are shown as pending only when they take longer than a moment: most
edits are answered before that, and nothing flickers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from tinyml_studio.gui.states.assembling.distribution import distribution_state
from tinyml_studio.gui.states.assembling.errors import error_state, hint_of
from tinyml_studio.gui.states.assembling.layers import layers_state
from tinyml_studio.gui.states.assembling.summary import summary_state
from tinyml_studio.gui.states.errors import Metric
from tinyml_studio.gui.workspace import Workspace

if TYPE_CHECKING:
    from tinyml_studio.app.rows import LayerRow
    from tinyml_studio.ir.graph import Graph
    from tinyml_studio.simulate.evaluate import Evaluation

PENDING_AFTER_MS = 150


class Presenter(QObject):
    """Listens to the workspace.

    Attributes
    ----------
    layers_ready, errors_ready, distribution_ready, summary_ready
        A new state for a view.
    """

    layers_ready = Signal(object)
    errors_ready = Signal(object)
    distribution_ready = Signal(object)
    summary_ready = Signal(object)

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._metric = Metric.SQNR
        self._channel: int | None = None
        self._full: tuple[Evaluation, int] | None = None
        self._told: dict[str, object] = {}
        self._hidden: set[str] = set()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PENDING_AFTER_MS)
        self._patience.timeout.connect(self.show_all)
        workspace.opened.connect(self._forget)
        workspace.opened.connect(self.show_all)
        workspace.changed.connect(self._take_change)
        workspace.figures_changed.connect(self.show_figures)
        workspace.values_changed.connect(self.show_distribution)
        workspace.evaluated.connect(self._take_full)

    def set_metric(self, metric: Metric) -> None:
        """Show another metric in the error chart."""
        self._metric = metric
        self._show_errors()

    def set_channel(self, channel: int | None) -> None:
        """Show the weights of one output channel alone, or of all."""
        self._channel = channel
        self.show_distribution()

    def set_visible(self, pane: str, *, visible: bool) -> None:
        """A pane came on screen or went away: nothing is computed for one that is not seen."""
        (self._hidden.discard if visible else self._hidden.add)(pane)
        if visible and self._workspace.studio is not None:
            self.show_selected()

    def show_all(self) -> None:
        """Everything may be different."""
        self.show_figures()
        self.show_distribution()

    def show_figures(self) -> None:
        """Bits or errors are different."""
        state = layers_state(self._rows, self._graph, self._live, pending=self._pending)
        self._tell("layers", self.layers_ready, state, state)
        self._show_errors()
        self._show_summary()

    def show_selection(self) -> None:
        """Another layer is selected."""
        self._channel = None
        self.show_selected()

    def show_selected(self) -> None:
        """Whatever was not shown yet of the selected layer."""
        self._show_errors()
        self.show_distribution()

    def show_distribution(self) -> None:
        """The values of the selected layer are different."""
        if "distributions" in self._hidden:
            return
        held = self._workspace
        row = next((row for row in self._rows if row.name == held.selected), None)
        key = (row, held.values, held.selected, self._channel, self._pending)
        if self._told.get("distribution") != key:
            state = distribution_state(
                self._rows,
                self._graph,
                held.values,
                held.selected,
                channel=self._channel,
                pending=self._pending,
            )
            self._tell("distribution", self.distribution_ready, key, state)

    @property
    def _rows(self) -> tuple[LayerRow, ...]:
        studio = self._workspace.studio
        return studio.layers if studio is not None else ()

    @property
    def _graph(self) -> Graph | None:
        studio = self._workspace.studio
        return studio.derived.graph if studio is not None else None

    @property
    def _live(self) -> Evaluation | None:
        figures = self._workspace.figures
        return figures.evaluation if figures is not None else None

    def _show_errors(self) -> None:
        if "error" in self._hidden:
            return
        state = error_state(
            self._rows,
            self._live,
            self._metric,
            self._workspace.selected,
            hint=self._hint(),
            pending=self._pending,
        )
        self._tell("errors", self.errors_ready, state, state)

    def _hint(self) -> str:
        """Why there are no errors to show."""
        held = self._workspace
        if held.studio is None:
            return ""
        return hint_of(held.studio.derived, self._rows, held.figures_fault)

    def _show_summary(self) -> None:
        held = self._workspace
        full, generation = self._full or (None, -1)
        current = held.studio is not None and held.studio.generation == generation
        state = summary_state(
            self._rows, self._live, full, is_current=current, pending=self._pending
        )
        self._tell("summary", self.summary_ready, state, state)

    @property
    def _pending(self) -> bool:
        """Whether to say that figures are on their way."""
        return self._workspace.is_pending and not self._patience.isActive()

    def _tell(self, view: str, signal: SignalInstance, key: object, state: object) -> None:
        """Tell a view, unless it shows that already."""
        if self._told.get(view) != key:
            self._told[view] = key
            signal.emit(state)

    def _forget(self) -> None:
        self._full = None

    def _take_change(self) -> None:
        """Show the choices at once; the values and figures that follow come by themselves."""
        self._patience.start()
        self.show_figures()

    def _take_full(self, evaluation: Evaluation) -> None:
        studio = self._workspace.studio
        self._full = (evaluation, studio.generation if studio is not None else -1)
        self._show_summary()
