"""Studio: one open session, the same for the window, the command line and Python."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tinyml_studio.app import edits, exporting, live, opening, running
from tinyml_studio.app.changes import Changes, compare
from tinyml_studio.app.derived import Derived, resolve
from tinyml_studio.app.layer_values import LayerValues, layer_values
from tinyml_studio.app.rows import LayerRow, layer_rows
from tinyml_studio.app.store import Store
from tinyml_studio.arith.inttype import FloatArray, IntArray
from tinyml_studio.calibrate.samples import Samples
from tinyml_studio.document.document import Document
from tinyml_studio.document.history import History
from tinyml_studio.document.project_file import save_project
from tinyml_studio.progress import Progress, silent
from tinyml_studio.quantize.scheme import Granularity, RangeMethod, Scheme
from tinyml_studio.simulate.evaluate import Evaluation
from tinyml_studio.simulate.run import Trace
from tinyml_studio.verify.host import VerifyReport

Inputs = np.ndarray | Sequence[np.ndarray] | Mapping[str, np.ndarray]


class Studio:
    """One open model with everything that was chosen for it.

    Every change goes through `apply` and is one step of undo. Changes are made under a lock, and
    everything that reads takes one consistent state, so a long run in a worker thread is not
    disturbed by an edit: it answers for the state in which it began (`generation` tells which).

    Examples
    --------
    >>> studio = Studio.open("model.onnx")  # doctest: +SKIP
    >>> studio.calibrate("samples.npz")  # doctest: +SKIP
    >>> studio.set_bits("conv*", "w4a8")  # doctest: +SKIP
    >>> studio.export("model.h", target="cortex-m4")  # doctest: +SKIP
    """

    # ---------------------------------------------------------------- opening and saving

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        model: str | Path | None = None,
        data: str | Path | None = None,
        accept_changed: bool = False,
        compute: bool = True,
        progress: Progress = silent,
    ) -> Studio:
        """Open a model or a project file.

        Parameters
        ----------
        model, data
            Where the model and the calibration samples of a project are now, when they moved.
        accept_changed
            Take a model or data whose fingerprint differs from the project's, as a change that is
            not saved yet.
        compute
            Also compute statistics and program of a project; without it `derived` has the graph
            only until `refresh` is called.

        Raises
        ------
        ModelError, ProjectError, SchemeError
            If the file, or the model that it names, cannot be read.
        """

    @classmethod
    def open_example(cls, name: str, *, progress: Progress = silent) -> Studio:
        """Open a bundled example, calibrated; its labelled test data are in `test_data`."""

    def save(self, path: str | Path | None = None) -> Path:
        """Write the project file atomically and return its path.

        Parameters
        ----------
        path
            Where; None means where it was opened or saved last.

        Raises
        ------
        ProjectError
            If it cannot be written (the old file is intact), or `path` is needed.
        """

    path: Path | None  #: the project file; None while never saved
    test_data: Path | None  #: labelled samples that came with an example

    # ---------------------------------------------------------------- what there is

    document: Document
    derived: Derived
    history: History
    generation: int  #: grows with every change
    dirty: bool  #: there are changes that are not saved
    name: str  #: the model's name, for the title bar
    layers: tuple[LayerRow, ...]

    def layer_values(self, layer: str) -> LayerValues:
        """Float values and grids of one layer, for the distributions pane."""

    # ---------------------------------------------------------------- changes

    def apply(self, edit: Callable[[Document], Document], name: str) -> Changes:
        """Change the document: the one door for every change.

        The new document is resolved before it is taken over; when that is refused nothing has
        changed.

        Parameters
        ----------
        edit
            Makes the new document from the current one.
        name
            What undo calls the step, such as ``conv2d_1 → w4a8``.

        Raises
        ------
        SchemeError
            If the combination is refused; names the layer.
        """

    def calibrate(
        self,
        data: str | Path,
        *,
        scale: float | None = None,
        offset: float | None = None,
        samples: int | None = None,
        progress: Progress = silent,
    ) -> Changes:
        """Take samples for the ranges; `samples` limits how many count, from the first on.

        Raises
        ------
        DataError
            If they cannot be read or do not fit the model.
        Cancelled
            If `progress` says so; nothing has changed then.
        """

    def set_bits(self, pattern: str, bits: str) -> Changes:
        """Choose widths such as ``w4a8``, ``w4`` or ``a16`` for all layers that match a name or glob."""

    def set_layers(
        self,
        layers: Sequence[str],
        *,
        bits: str | None = None,
        granularity: Granularity | None = None,
        range_method: RangeMethod | None = None,
    ) -> Changes:
        """Change several layers (names or globs) in one step; None leaves a property as it is."""

    def set_default(
        self,
        *,
        bits: str | None = None,
        granularity: Granularity | None = None,
        range_method: RangeMethod | None = None,
    ) -> Changes:
        """Change what holds for every layer that has no choice of its own."""

    def set_scheme(self, scheme: Scheme, name: str = "scheme") -> Changes:
        """Replace the whole scheme."""

    def set_range(self, tensor: str, limits: tuple[float, float] | None) -> Changes:
        """Set the range of a tensor by hand, in real units; None gives it back to the method."""

    def set_target(self, target: str) -> Changes:
        """Choose the chip, by name or alias."""

    def undo(self) -> Changes:
        """Take the last change back; IndexError when there is none."""

    def redo(self) -> Changes:
        """Do the change again that was taken back; IndexError when there is none."""

    def goto(self, position: int) -> Changes:
        """Go to a step of `history.steps`."""

    can_undo: bool
    can_redo: bool
    undo_name: str | None
    redo_name: str | None

    def refresh(self, *, progress: Progress = silent) -> Derived:
        """Compute what `open(compute=False)` left out."""

    # ---------------------------------------------------------------- runs (safe in a worker thread)

    def read_samples(
        self, data: str | Path, *, scale: float | None = None, offset: float | None = None
    ) -> Samples:
        """Samples for this model, from a file or folder."""

    def evaluate(
        self, data: str | Path | Samples | None = None, *, progress: Progress = silent
    ) -> Evaluation:
        """Float and integers side by side: per-layer error, agreement, accuracy where labels exist.

        `data` None means the example's test data, else the calibration samples.
        """

    def errors(self, samples: int = 64, *, progress: Progress = silent) -> Evaluation:
        """The same over a few calibration samples, for live use.

        What did not change since the last call is not run again.
        """

    def simulate(self, x: Inputs, *, progress: Progress = silent) -> tuple[FloatArray, ...]:
        """Integer inference; dequantized outputs ``(N, *shape)`` in the model's own layout."""

    def float_run(self, x: Inputs, *, progress: Progress = silent) -> tuple[FloatArray, ...]:
        """Float inference; outputs in the model's own layout."""

    def trace(self, x: Inputs, *, progress: Progress = silent) -> Trace:
        """Integer inference with every layer's integers, channels last."""

    def header(
        self, *, target: str | None = None, name: str | None = None, self_test: int = 0
    ) -> str:
        """The C header as `export` writes it."""

    def export(
        self,
        path: str | Path,
        *,
        target: str | None = None,
        name: str | None = None,
        self_test: int = 0,
        progress: Progress = silent,
    ) -> Path:
        """Write the C header atomically.

        Parameters
        ----------
        target
            Chip by name or alias; None takes the document's.
        name
            Prefix of everything in C; None makes one of the model's file name.
        self_test
            Number of calibration samples embedded as golden vectors.
        """

    def verify(self, *, samples: int = 16, progress: Progress = silent) -> VerifyReport:
        """Compile the header on this machine, run it, compare it with the simulator bit for bit."""
