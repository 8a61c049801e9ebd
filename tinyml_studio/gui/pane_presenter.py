"""Fills the panes that may be hidden: what nobody sees is not computed until somebody looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from tinyml_studio.errors import Cancelled
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.assembling.session import session_name
from tinyml_studio.gui.states.code import NO_PROGRAM, CodeState, code_state
from tinyml_studio.gui.states.graph_layout import Layout
from tinyml_studio.gui.states.history import Effect, effect_of, history_state
from tinyml_studio.gui.states.network import network_layout, network_state
from tinyml_studio.gui.states.sample import NO_SAMPLES, SampleState, sample_state
from tinyml_studio.gui.workspace import Workspace
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.document.document import Document
    from tinyml_studio.ir.graph import Graph


class PanePresenter(QObject):
    """Listens to the workspace and to which panes are on screen.

    Attributes
    ----------
    code_ready, history_ready, graph_ready, sample_ready
        A new state for a view.
    """

    code_ready = Signal(object)
    history_ready = Signal(object)
    graph_ready = Signal(object)
    sample_ready = Signal(object)

    def __init__(
        self, workspace: Workspace, settings: WindowSettings, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace, self._settings = workspace, settings
        self._effects: dict[int, tuple[Document, Effect]] = {}
        self._fillers: dict[str, Callable[[], None]] = {
            "code": self._bring_code,
            "history": self._show_history,
            "graph": self._show_graph,
            "simulator": self._bring_sample,
        }
        self._drawn: tuple[Graph, Layout | None] | None = None
        self._sample = 0
        self._visible: set[str] = set()
        self._stale = set(self._fillers)
        workspace.opened.connect(self._begin)
        workspace.changed.connect(self._take_change)
        workspace.figures_changed.connect(self._take_figures)

    def set_visible(self, pane: str, *, visible: bool) -> None:
        """A pane came on screen or went away."""
        (self._visible.add if visible else self._visible.discard)(pane)
        if visible:
            self._fill_stale()

    def set_sample(self, number: int) -> None:
        """Run another sample."""
        self._sample = number
        self._touch("simulator")

    def _begin(self) -> None:
        self._effects.clear()
        self._sample = 0
        self._touch(*self._fillers)

    def _touch(self, *panes: str) -> None:
        """What these panes show is old."""
        self._stale.update(panes)
        self._fill_stale()

    def _fill_stale(self) -> None:
        if self._workspace.studio is None:
            return
        for pane in sorted(self._stale & self._visible):
            self._stale.discard(pane)
            self._fillers[pane]()

    def _take_change(self) -> None:
        """All is old; what takes its time waits until the figures are there."""
        self._stale.update(self._fillers)
        if not self._workspace.is_pending:
            self._fill_stale()

    def _take_figures(self) -> None:
        """Remember what the step in force brought."""
        studio, figures = self._workspace.studio, self._workspace.figures
        if studio is None or self._workspace.is_pending:
            return
        document = studio.document
        if figures is not None:
            self._effects[id(document)] = (document, effect_of(figures.evaluation))
        self._touch("history", "graph")

    def _show_history(self) -> None:
        studio = self._workspace.studio
        if studio is None:
            return
        effects = {key: effect for key, (_, effect) in self._effects.items()}
        self.history_ready.emit(history_state(studio.history, effects, names_of(studio.layers)))

    def _bring_code(self) -> None:
        """Write the header in a thread."""
        studio = self._workspace.studio
        if studio is None:
            return
        if studio.derived.program is None:
            self.code_ready.emit(CodeState(hint=NO_PROGRAM))
            return
        target = studio.document.target or self._settings.target
        name = session_name(studio)
        self._workspace.runner.submit(
            Lane.CODE,
            "Header",
            lambda _: code_state(studio.header(target=target, name=name), target),
            self.code_ready.emit,
            self._miss_code,
        )

    def _show_graph(self) -> None:
        """Show the figures of now; another network is laid out in a thread first."""
        studio, figures = self._workspace.studio, self._workspace.figures
        if studio is None:
            return
        graph = studio.derived.graph
        if self._drawn is None or self._drawn[0] is not graph:
            self._workspace.runner.submit(
                Lane.GRAPH,
                "Layout",
                lambda _: (graph, network_layout(graph)),
                self._take_layout,
                _pass,
            )
            return
        evaluation = None if figures is None else figures.evaluation
        self.graph_ready.emit(network_state(studio.layers, graph, evaluation, self._drawn[1]))

    def _take_layout(self, drawn: tuple[Graph, Layout | None]) -> None:
        self._drawn = drawn
        self._touch("graph")

    def _bring_sample(self) -> None:
        """Run the sample in a thread."""
        studio, number = self._workspace.studio, self._sample
        if studio is None:
            return
        state = studio.state
        if state.derived.program is None or state.derived.samples is None:
            self.sample_ready.emit(SampleState(hint=NO_SAMPLES))
            return

        def work(_: Progress) -> SampleState:
            from tinyml_studio.app.sample_run import run_sample  # noqa: PLC0415 - not at the start

            return sample_state(run_sample(state.derived, number), names_of(state.layers))

        self._workspace.runner.submit(
            Lane.SAMPLE, "Sample", work, self.sample_ready.emit, self._miss_sample
        )

    def _miss_sample(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.sample_ready.emit(SampleState(hint=str(error)))

    def _miss_code(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self.code_ready.emit(CodeState(hint=str(error)))


def _pass(error: Exception) -> None:
    """A layout that was overtaken needs no answer; what else goes wrong is a fault."""
    if not isinstance(error, Cancelled):
        raise error
