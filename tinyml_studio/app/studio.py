"""Studio: one open model, the same for the window, the command line and Python."""

from __future__ import annotations

from pathlib import Path

from tinyml_studio.app import estimating, exporting, model_file, opening, running
from tinyml_studio.app.difference import difference, dump_difference
from tinyml_studio.app.exported import exported
from tinyml_studio.app.layer_values import LayerValues, layer_values
from tinyml_studio.app.live import Live
from tinyml_studio.app.recovery import Record
from tinyml_studio.app.running import Inputs
from tinyml_studio.app.session import Session
from tinyml_studio.app.sources import absolute, altered_model
from tinyml_studio.app.stepping import State
from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.calibrate.samples import Samples, read_samples
from tinyml_studio.cost.estimate import Estimate
from tinyml_studio.errors import ExportError
from tinyml_studio.progress import Progress, silent
from tinyml_studio.prune.prune import Pruned
from tinyml_studio.simulate.difference import Difference
from tinyml_studio.simulate.evaluate import Evaluation, evaluate
from tinyml_studio.simulate.run import Trace
from tinyml_studio.verify.report import VerifyReport

_RANDOM_SAMPLES = 64


class Studio(Session):
    """One open model with everything that can be done with it.

    What changes it is inherited from `Session`; what stands here reads, and may be called in a
    worker thread.

    Examples
    --------
    >>> studio = Studio.open("model.onnx")  # doctest: +SKIP
    >>> studio.calibrate("samples.npz")  # doctest: +SKIP
    >>> studio.set_bits("conv*", "w4a8")  # doctest: +SKIP
    >>> studio.export("model.h", target="cortex-m4")  # doctest: +SKIP
    """

    def __init__(self, opened: opening.Opened) -> None:
        super().__init__(opened)
        self._live = Live()

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        model: str | Path | None = None,
        data: str | Path | None = None,
        accept_changed: bool = False,
        reference: str | Path | None = None,
        compute: bool = True,
        progress: Progress = silent,
    ) -> Studio:
        """Open a model or a project file.

        Parameters
        ----------
        path
            The file; a project is known by its name's end, ``.tmls``.
        model, data
            Where the model and the calibration samples of a project are now, when they moved.
        accept_changed
            Take a model or data whose fingerprint differs from the project's, as a change that is
            not saved yet; choices for layers that the new model does not have are dropped.
        reference
            Another reference than that of the project, as a change that is not saved yet; the empty
            text takes it away.
        compute
            Also compute statistics and program of a project; without it `derived` has the graph
            only, until `refresh` is called.
        progress
            Told about reading and calibrating.

        Raises
        ------
        ModelError, ProjectError
            If the file, or the model that it names, cannot be read.
        """
        if not opening.is_project(Path(path)):
            return cls(opening.open_model(Path(path), progress=progress))
        located = opening.Located(model, data, accept_changed, reference)
        return cls(opening.open_project(Path(path), located, compute=compute, progress=progress))

    @classmethod
    def open_example(cls, name: str, *, progress: Progress = silent) -> Studio:
        """Open a bundled example, calibrated; its labelled test data are in `test_data`."""
        return cls(opening.open_example(name, progress=progress))

    @classmethod
    def open_recovered(cls, record: Record, *, progress: Progress = silent) -> Studio:
        """Go on with the unsaved work of a session that was lost."""
        return cls(opening.open_recovered(record, progress=progress))

    def altered_model(self) -> str:
        """What became of the model's file since it was opened; empty when it is as it was."""
        return altered_model(self.document)

    def layer_values(self, layer: str, *, state: State | None = None) -> LayerValues:
        """Float values and grids of one layer; of the state in force, unless another is given."""
        return layer_values((state or self.state).derived, layer)

    def read_samples(
        self,
        data: str | Path,
        *,
        scale: float | None = None,
        offset: float | None = None,
        progress: Progress = silent,
    ) -> Samples:
        """Samples for this model from a file or folder; DataError if they do not fit."""
        graph = self.derived.graph
        return read_samples(Path(data), graph, scale=scale, offset=offset, progress=progress)

    def evaluate(
        self,
        data: str | Path | Samples | None = None,
        *,
        state: State | None = None,
        progress: Progress = silent,
    ) -> Evaluation:
        """Float and integers side by side: error per layer, agreement, accuracy with labels.

        Parameters
        ----------
        data
            None means the test data of the example, else the calibration samples.
        state
            The state to evaluate; None means the one in force.
        progress
            Told about the samples.
        """
        derived = (state or self.state).derived
        program = derived.need_program()
        data = self._test_data if data is None else data
        if data is None:
            samples = derived.need_samples()
        else:
            samples = (
                data if isinstance(data, Samples) else self.read_samples(data, progress=progress)
            )
        return evaluate(derived.graph, program, samples, progress=progress)

    def errors(
        self, samples: int = 64, *, state: State | None = None, progress: Progress = silent
    ) -> Evaluation:
        """The same over a few calibration samples, evenly spread, for live use.

        What did not change since the last call is not run again.
        """
        return self._live.evaluate((state or self.state).derived, samples, progress=progress)

    def diff(
        self,
        other: Studio,
        data: str | Path | Samples | None = None,
        *,
        progress: Progress = silent,
    ) -> Difference:
        """Compare with another project of the model, or with another model, layer by layer.

        Parameters
        ----------
        other
            What to compare with.
        data
            None means the calibration samples; a quantized model without any gets random inputs.
        progress
            Told about the samples.
        """
        samples = self._samples_to_compare(data, progress)
        return difference(self.derived, other.derived, samples, progress=progress)

    def diff_dump(
        self,
        folder: str | Path,
        data: str | Path | Samples | None = None,
        *,
        progress: Progress = silent,
    ) -> Difference:
        """Compare with tensors that a device or another engine left in a folder.

        Parameters
        ----------
        folder
            ``.npy`` or raw files by layer name or in order; see `tinyml_studio.app.dumped`.
        data
            What they were made of, from the first sample on; None means the calibration samples.
        progress
            Told about the layers.
        """
        samples = self._samples_to_compare(data, progress)
        return dump_difference(self.derived, Path(folder), samples, progress=progress)

    def _samples_to_compare(self, data: str | Path | Samples | None, progress: Progress) -> Samples:
        """Given samples, or those at hand."""
        if data is None:
            return exporting.samples_or_random(self.derived, _RANDOM_SAMPLES)
        if isinstance(data, Samples):
            return data
        return self.read_samples(data, progress=progress)

    def simulate(self, x: Inputs, *, progress: Progress = silent) -> tuple[FloatArray, ...]:
        """Integer inference: dequantized outputs ``(N, *shape)`` in the model's own layout."""
        derived = self.derived
        samples = running.as_samples(x, derived.graph)
        return running.simulate(derived.graph, derived.need_program(), samples, progress=progress)

    def float_run(self, x: Inputs, *, progress: Progress = silent) -> tuple[FloatArray, ...]:
        """Float inference: outputs ``(N, *shape)`` in the model's own layout."""
        graph = self.derived.graph
        return running.float_run(graph, running.as_samples(x, graph), progress=progress)

    def trace(self, x: Inputs, *, progress: Progress = silent) -> Trace:
        """Integer inference with the integers of every tensor, channels last."""
        derived = self.derived
        return running.trace(
            derived.graph,
            derived.need_program(),
            running.as_samples(x, derived.graph),
            progress=progress,
        )

    def header(
        self,
        *,
        target: str | None = None,
        name: str | None = None,
        self_test: int = 0,
        state: State | None = None,
    ) -> str:
        """The C header as `export` writes it; of the state in force, unless another is given."""
        return exporting.header(
            (state or self.state).derived,
            exporting.Request(target=target, name=name, self_test=self_test),
        )

    def export(
        self,
        path: str | Path,
        *,
        target: str | None = None,
        name: str | None = None,
        self_test: int = 0,
        split: bool = False,
        form: str = "c",
        progress: Progress = silent,
    ) -> Path:
        """Write the C header atomically and return its path.

        Parameters
        ----------
        path, target
            Where; a chip by name or alias, None takes the document's.
        name
            Prefix of everything in C; None makes one of the model's file name.
        self_test
            Number of embedded calibration samples.
        split, form
            Whether the definitions go to a ``.c`` file; ``c``, or ``cmsis-nn`` to call that.
        progress
            Told before the header is made and before it is written.

        Raises
        ------
        ExportError
            If it cannot be written, or if the name or the target is not possible.
        """
        place = absolute(path)
        progress(0, 0, "making the header")
        wanted = exporting.Request(target, name, self_test, split=split, form=form)
        texts = exporting.texts(self.derived, wanted, place)
        self._spare_own_files(*texts)
        progress(0, 0, "writing the files")
        exporting.write_all(texts)
        return place

    def export_model(
        self, path: str | Path, *, form: str = "onnx", progress: Progress = silent
    ) -> Path:
        """Write the integers as an ONNX model atomically and return its path.

        Parameters
        ----------
        path
            Where.
        form
            ``onnx`` for QuantizeLinear and DequantizeLinear around real operators,
            ``onnx-qoperator`` for operators on integers; see `tinyml_studio.app.model_file`.
        progress
            Told before the model is made and before it is written.

        Raises
        ------
        StudioError
            If it cannot be written, or a layer has no form in ONNX; names the layer.
        """
        place = absolute(path)
        self._spare_own_files(place)
        progress(0, 0, "making the model")
        data = model_file.model_bytes(self.derived, form)
        progress(0, 0, "writing the file")
        return model_file.write_model(data, place)

    def verify(
        self,
        data: str | Path | Samples | None = None,
        *,
        samples: int = 16,
        target: str | None = None,
        progress: Progress = silent,
    ) -> VerifyReport:
        """Compile the header, run it here and on the target, compare it with the simulator.

        A cross compiler or an emulator that is not installed is named in the report's notes.

        Parameters
        ----------
        data
            None means the calibration samples; a quantized model without any gets random inputs.
        samples
            How many of them, from the first on.
        target
            Chip by name, alias or file, whose core is emulated; None takes the document's.
        progress
            Told about the samples.
        """
        derived = self.derived
        if data is None:
            data = exporting.samples_or_random(derived, samples)
        elif not isinstance(data, Samples):
            data = self.read_samples(data, progress=progress)
        return exporting.verify(derived, data.take(samples), target=target, progress=progress)

    def exported(self) -> Pruned:
        """The program as it is exported: without channels that are constant or unread.

        Raises
        ------
        StudioError
            If there is no program.
        """
        return exported(self.derived)

    def estimate(
        self,
        *,
        target: str | None = None,
        count: bool = True,
        state: State | None = None,
        progress: Progress = silent,
    ) -> Estimate:
        """Flash, RAM, instructions, latency and energy on a chip.

        Parameters
        ----------
        target
            Chip by name, alias or file; None takes the document's.
        count
            Compile and count one inference where the tools are installed; else it is predicted.
        state
            The state to estimate; None means the one in force.
        progress
            Told often while the tools run.
        """
        derived = (state or self.state).derived
        return estimating.estimate_for(derived, target=target, count=count, progress=progress)

    def verify_device(
        self, port: str | Path, *, timeout: float = 60.0, progress: Progress = silent
    ) -> VerifyReport:
        """Listen to the self-test firmware of a device on a serial port.

        Parameters
        ----------
        port
            As ``/dev/ttyACM0``; 115200 baud.
        timeout
            Seconds to wait.
        progress
            Told often while it listens.
        """
        return exporting.verify_device(self.derived, Path(port), timeout=timeout, progress=progress)

    def _spare_own_files(self, *places: Path) -> None:
        """Refuse to write over what the session was made from."""
        document = self.document
        data = document.calibration
        own = (self.path, document.model_path, None if data is None else data.path)
        for place in set(own).intersection(places):
            raise ExportError(f"{place} belongs to the project", hint="choose another name")
