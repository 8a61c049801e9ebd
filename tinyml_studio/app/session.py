"""What can be chosen for an open model: each choice is one step of undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from tinyml_studio.app import edits, presets, saving
from tinyml_studio.app.changes import Changes
from tinyml_studio.app.opening import is_project, open_model
from tinyml_studio.app.sources import absolute, calibrate, read_reference
from tinyml_studio.app.stepping import Stepping
from tinyml_studio.document.document import Calibration, ReferenceFile
from tinyml_studio.document.history import History
from tinyml_studio.document.project_file import SUFFIX
from tinyml_studio.errors import DataError, ProjectError
from tinyml_studio.formats.input_shapes import NO_SHAPES, InputShapes
from tinyml_studio.progress import Progress, silent
from tinyml_studio.quantize.scheme import Granularity, RangeMethod, Scheme


class Session(Stepping):
    """The choices, and the file that keeps them."""

    @classmethod
    def open_model(
        cls,
        path: str | Path,
        *,
        input_shapes: InputShapes = NO_SHAPES,
        progress: Progress = silent,
    ) -> Self:
        """Begin with a model.

        Parameters
        ----------
        path
            The file.
        input_shapes
            Of inputs with axes whose size the file leaves open, by name, with the batch.
        progress
            Told about reading.

        Raises
        ------
        OpenSizesError
            If an axis of an input has no size, nor is one given.
        ModelError
            If the file cannot be read, or says otherwise.
        """
        return cls(open_model(Path(path), shapes=input_shapes, progress=progress))

    def save(self, path: str | Path | None = None, *, overwrite: bool = False) -> Path:
        """Write the project file atomically and return its path.

        Parameters
        ----------
        path
            Where; None means where it was opened or saved last.
        overwrite
            Write over the session's own file even if somebody else has changed it meanwhile.

        Raises
        ------
        ProjectError
            If it cannot be written (the old file is intact), or if `path` is needed.
        ChangedFileError
            If it is no longer the file that was read or written last.
        """
        target = self._path if path is None else absolute(path)
        if target is None:
            raise ProjectError("The project has no file yet", hint="say where to save it")
        if not is_project(target):
            raise ProjectError(
                f"{target} is not a name for a project", hint=f"let it end in {SUFFIX}"
            )
        document = self.document
        expected = self._base if target == self._path and not overwrite else None
        base = saving.save(document, target, expected=expected)
        with self._lock:
            history = self._state.history.mark_saved(document)
            self._state = replace(self._state, history=history)
            self._path, self._base = target, base
        return target

    def calibrate(
        self,
        data: str | Path,
        *,
        scale: float | None = None,
        offset: float | None = None,
        samples: int | None = None,
        progress: Progress = silent,
    ) -> Changes:
        """Take samples to measure the ranges on.

        Parameters
        ----------
        data
            A file or folder of samples.
        scale, offset
            The model is given ``(x - offset) * scale``.
        samples
            How many count, from the first on; None means all.
        progress
            Told about the samples.

        Raises
        ------
        DataError
            If they cannot be read or do not fit the model.
        Cancelled
            If `progress` says so; nothing has changed then.
        """
        if samples is not None and samples < 1:
            raise DataError(f"At least one sample is needed to calibrate, not {samples}")
        state = self._state
        wanted = Calibration(absolute(data), "", scale, offset, samples)
        # made before the edit, so that a fault is raised and not kept as the lack of a program
        calibrated = calibrate(wanted, state.derived.graph, progress=progress)
        self._store.add_calibrated(state.history.current, calibrated)
        return self.apply(*edits.change_calibration(calibrated.source), progress=progress)

    def set_reference(self, path: str | Path | None, *, progress: Progress = silent) -> Changes:
        """Hold errors and histograms against another model, such as the float original.

        Parameters
        ----------
        path
            The other model; None holds this one against its own float network.
        progress
            Told about reading.

        Raises
        ------
        ModelError
            If it cannot be read, takes other inputs, or no layer is found in both.
        """
        if path is None:
            return self.apply(*edits.change_reference(None), progress=progress)
        document = self._state.history.current
        bare = self._store.graph(replace(document, reference=None), progress=progress)
        file = absolute(path)
        referenced, digest = read_reference(file, bare, progress=progress)
        self._store.add_referenced(document, digest, referenced)
        held = ReferenceFile(file, digest)
        return self.apply(*edits.change_reference(held), progress=progress)

    def locate_data(
        self, data: str | Path, *, accept_changed: bool = False, progress: Progress = silent
    ) -> Changes:
        """Say where the calibration samples are now.

        Parameters
        ----------
        data
            A file or folder.
        accept_changed
            Take them even if they are other ones.
        progress
            Told about the samples.

        Raises
        ------
        LostDataError
            If they are missing or, unless `accept_changed`, other ones; nothing has changed then.
        """
        state, held = self._state, self.document.calibration
        if held is None:
            raise DataError("The project has no calibration samples to locate")
        expected = None if accept_changed else held.sha256
        wanted, graph = replace(held, path=absolute(data)), state.derived.graph
        calibrated = calibrate(wanted, graph, expected=expected, progress=progress)
        self._store.add_calibrated(state.history.current, calibrated)
        return self.apply(*edits.change_calibration(calibrated.source), progress=progress)

    def set_bits(self, pattern: str, bits: str) -> Changes:
        """Choose ``w4a8``, ``w4`` or ``a16`` for all layers that match a name or glob."""
        return self.set_layers((pattern,), bits=bits)

    def set_layers(
        self,
        layers: Sequence[str],
        *,
        bits: str | None = None,
        granularity: Granularity | None = None,
        range_method: RangeMethod | None = None,
    ) -> Changes:
        """Change several layers (names or globs) in one step; None leaves a property as it is."""
        choice = edits.Choice(bits, granularity, range_method)
        return self.apply(*edits.change_layers(self.derived.graph, layers, choice))

    def set_default(
        self,
        *,
        bits: str | None = None,
        granularity: Granularity | None = None,
        range_method: RangeMethod | None = None,
    ) -> Changes:
        """Change what holds for every layer that has no choice of its own."""
        return self.apply(*edits.change_default(edits.Choice(bits, granularity, range_method)))

    def set_all(
        self,
        *,
        bits: str | None = None,
        granularity: Granularity | None = None,
        range_method: RangeMethod | None = None,
    ) -> Changes:
        """Change every layer in one step, those with a choice of their own too."""
        return self.apply(*edits.change_all(edits.Choice(bits, granularity, range_method)))

    def set_scheme(self, scheme: Scheme, name: str = "scheme") -> Changes:
        """Replace the whole scheme; `name` is what undo shows."""
        return self.apply(*edits.change_scheme(scheme, name))

    def set_range(self, tensor: str, limits: tuple[float, float] | None) -> Changes:
        """Set the range of a tensor by hand, in real units; None gives it back to the method."""
        return self.apply(*edits.change_range(self.derived.graph, tensor, limits))

    def set_preset(self, name: str) -> Changes:
        """Give every layer the widths of a preset, such as ``w4a8`` or ``ends8``, as one step."""
        return self.apply(*presets.change_to_preset(self.derived.graph, name))

    def set_weight_reach(self, layer: str, reach: float | None) -> Changes:
        """End the grid of a layer's weights at this factor of the largest magnitude.

        With a scale per channel each ends at that factor of its own largest; None leaves it to
        the range method again.
        """
        return self.apply(*edits.change_weight_reach(layer, reach))

    def set_target(self, target: str) -> Changes:
        """Choose the chip, by name or alias."""
        return self.apply(*edits.change_target(target))

    def prefer_arithmetic(self, name: str) -> None:
        """Begin a float model with this arithmetic; what states its own keeps that.

        It is part of the beginning and no step: only for a session that has none yet.
        """
        state = self._state
        if self._path is not None or state.derived.graph.found is not None:
            return
        if len(state.history.steps) == 1 and state.derived.program is None:
            self.set_arithmetic(name)
            begun = History.start(self.document, state.history.steps[0].name)
            self._state = replace(self._state, history=begun)

    def set_arithmetic(self, name: str) -> Changes:
        """Choose the engine whose integers are computed, such as ``tflm`` or ``pow2``."""
        return self.apply(*edits.change_arithmetic(name))
