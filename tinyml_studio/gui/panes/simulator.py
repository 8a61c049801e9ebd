"""Samples through both networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.panes.whole_set import WholeSet
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.obstacle import obstacle_of
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.layer_look import LayerLook, layer_look, stepped
from tinyml_studio.gui.states.sample import NO_SAMPLES, SampleState, sample_state
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.views.simulator_view import SimulatorView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.app.sample_run import SampleRun, SampleRunner
    from tinyml_studio.gui.desk import Desk


class SimulatorPane(Pane):
    """Runs the chosen sample in a thread; what runs over all samples is in `WholeSet`."""

    name, title, place = "simulator", "Simulator", Place.BOTTOM
    reacts = frozenset({Event.CHANGED})
    waits = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = view = self.adopt(SimulatorView())
        self._sample = 0
        self._runner: SampleRunner | None = None
        self._run: SampleRun | None = None
        self.ready.connect(view.show_state)
        view.sample_chosen.connect(self._set_sample)
        view.layer_chosen.connect(desk.select)
        view.layer.stepped.connect(self._step)
        view.page_chosen.connect(lambda _: self._look())
        view.verify_asked.connect(desk.commands.verify)
        self._whole_set = WholeSet(desk, view.confusion, view.compare, self)

    def fill(self) -> None:
        """What both networks make of the sample."""
        studio, number = self.workspace.studio, self._sample
        if studio is None:
            return
        self._whole_set.show()
        state = studio.state
        if state.derived.program is None or state.derived.samples is None:
            self._is_blank = True
            obstacle = obstacle_of(state.derived, self.desk.rows)
            said = obstacle.hint(NO_SAMPLES)
            self._take(SampleState(hint=said, asks_data=obstacle.asks_data))
            return

        def work(_: Progress) -> SampleState:
            from tinyml_studio.app.sample_run import SampleRunner  # noqa: PLC0415 - not at the start

            if self._runner is None:
                self._runner = SampleRunner()
            return sample_state(self._runner.run(state.derived, number), names_of(state.layers))

        self.bring(
            Lane.SAMPLE,
            work,
            self._take,
            lambda error: self._take(SampleState(hint=clean(str(error), limit=400))),
        )

    def forget(self) -> None:
        """Begin with the first sample."""
        self._sample, self._runner, self._run = 0, None, None
        self._whole_set.forget()

    def choose(self, layer: str) -> None:
        """Show the layer's integers."""
        self._look()

    def _take(self, state: SampleState) -> None:
        self._run = state.run
        self.ready.emit(state)
        self._look()

    def _look(self) -> None:
        """The selected layer, while somebody looks at the page."""
        if self._run is None or not self.view.layer.isVisible():
            return
        key, names = self.workspace.selected, names_of(self.desk.rows)
        held = self._run.layers.get(key)
        room = self.view.layer.integers
        wide = room.width() / max(room.height(), 1)
        look = LayerLook() if held is None else layer_look(held, key, names[key], wide=wide)
        self.view.layer.show_look(look)

    def _step(self, step: int) -> None:
        if self._run is not None:
            names = dict.fromkeys(self._run.layers, "")
            self.desk.select(stepped(names, self.workspace.selected, step))

    def _set_sample(self, number: int) -> None:
        self._sample = number
        self.touch()
