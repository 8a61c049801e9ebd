"""The Document: all that is saved and undone, and nothing that can be recomputed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tinyml_studio.arith.profile import TFLM
from tinyml_studio.document.budget import Budget
from tinyml_studio.quantize.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Calibration:
    """Which samples the statistics come from.

    Parameters
    ----------
    path
        File or folder of samples, absolute.
    sha256
        Fingerprint of its contents, as `tinyml_studio.document.fingerprint` makes it.
    scale, offset
        The model is given ``(x - offset) * scale``; None leaves integer data as it is.
    samples
        How many samples count, evenly spread over all; None means all.
    """

    path: Path
    sha256: str
    scale: float | None = None
    offset: float | None = None
    samples: int | None = None


@dataclass(frozen=True, slots=True)
class ReferenceFile:
    """The float original that a quantized model is held against: absolute path, fingerprint."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Document:
    """One project: a model, the data that calibrate it, and what the user chose.

    Parameters
    ----------
    model_path
        The model's file, absolute.
    model_sha256
        Fingerprint of the file that the choices were made for.
    calibration
        None as long as there are no samples.
    scheme
        Bits, granularity and ranges per layer.
    target
        Name of the chip that the header is for, None while none is chosen.
    arithmetic
        Name of the arithmetic profile.
    seed
        Seed of everything that draws random numbers.
    reference
        Another model that errors and histograms are held against; None: this one in float.
    budget
        Limits for flash, RAM, time, energy and accuracy.
    input_shapes
        Name and shape, with the batch, of inputs with axes that the model's file leaves open.
    """

    model_path: Path
    model_sha256: str
    calibration: Calibration | None = None
    scheme: Scheme = field(default_factory=Scheme)
    target: str | None = None
    arithmetic: str = TFLM.name
    seed: int = 0
    reference: ReferenceFile | None = None
    budget: Budget = field(default_factory=Budget)
    input_shapes: tuple[tuple[str, tuple[int, ...]], ...] = ()
