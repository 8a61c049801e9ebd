"""Files above the window: which of them are taken, and what letting go of them does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.gui.states.text import clean

MODELS = frozenset({".onnx", ".tflite", ".tmls"})
MODEL_FIRST = "Open a model first, then drop its calibration data"


@dataclass(frozen=True, slots=True)
class Dropped:
    """The model or project that is opened, and the samples that it is calibrated with.

    `left` says how many other files are not taken.
    """

    model: Path | None = None
    data: Path | None = None
    left: int = 0


def sorted_files(paths: Sequence[Path]) -> Dropped:
    """One model or project at most, and one set of samples."""
    models = [path for path in paths if path.suffix.lower() in MODELS]
    data = [path for path in paths if path.suffix.lower() not in MODELS]
    left = len(paths) - bool(models) - bool(data)
    return Dropped(next(iter(models), None), next(iter(data), None), left)


def drop_text(files: Dropped, *, is_open: bool) -> str:
    """What letting go does; `is_open`: there is a model that data can calibrate."""
    if files.model is None and not is_open:
        return MODEL_FIRST
    data = "" if files.data is None else f"calibrate with {_name(files.data)}"
    opened = "" if files.model is None else f"open {_name(files.model)}"
    text = " and ".join(part for part in (opened, data) if part)
    others = "1 other file is" if files.left == 1 else f"{files.left} other files are"
    return f"Drop to {text}" + f"\n{others} not taken" * bool(files.left)


def _name(path: Path) -> str:
    return clean(path.name, limit=48)
