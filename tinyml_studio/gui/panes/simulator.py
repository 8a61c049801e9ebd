"""One sample through both networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Event, Pane, Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.states.assembling.operators import names_of
from tinyml_studio.gui.states.sample import NO_SAMPLES, SampleState, sample_state
from tinyml_studio.gui.views.simulator_view import SimulatorView
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class SimulatorPane(Pane):
    """Runs the chosen sample in a thread."""

    name, title, place = "simulator", "Simulator", Place.BOTTOM
    reacts = frozenset({Event.CHANGED})
    waits = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(SimulatorView())
        self._sample = 0
        self.ready.connect(self.view.show_state)
        self.view.sample_chosen.connect(self._set_sample)
        self.view.layer_chosen.connect(desk.select)
        self.view.verify_asked.connect(desk.commands.verify)

    def fill(self) -> None:
        """What both networks make of the sample."""
        studio, number = self.workspace.studio, self._sample
        if studio is None:
            return
        state = studio.state
        if state.derived.program is None or state.derived.samples is None:
            self.ready.emit(SampleState(hint=NO_SAMPLES))
            return

        def work(_: Progress) -> SampleState:
            from tinyml_studio.app.sample_run import run_sample  # noqa: PLC0415 - not at the start

            return sample_state(run_sample(state.derived, number), names_of(state.layers))

        self.bring(
            Lane.SAMPLE,
            work,
            self.ready.emit,
            lambda error: self.ready.emit(SampleState(hint=str(error))),
        )

    def forget(self) -> None:
        """Begin with the first sample."""
        self._sample = 0

    def _set_sample(self, number: int) -> None:
        self._sample = number
        self.touch()
