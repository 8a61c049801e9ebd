"""What the session is called, and where its ranges come from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tinyml_studio.gui.states.text import clean, whole

if TYPE_CHECKING:
    from tinyml_studio.app.derived import Derived
    from tinyml_studio.app.studio import Studio


def source_text(derived: Derived) -> str:
    """Where the ranges come from, for the status bar."""
    held = derived.document.calibration
    if held is None and derived.program is not None:
        return f"Ranges of the model's file · {derived.document.arithmetic}"
    if held is None:
        return "not calibrated"
    count = f" · {whole(derived.samples.count)} samples" if derived.samples is not None else ""
    return f"Calibrated on {clean(held.path.name, limit=60)}{count} · {derived.document.arithmetic}"


def session_name(studio: Studio) -> str:
    """Name of what is open, for titles and suggestions; every example's model has one name."""
    if studio.path is None and studio.test_data is not None:
        return studio.document.model_path.parent.name
    return studio.name


def window_title(name: str, path: Path | None) -> str:
    """The window's title; ``[*]`` is where Qt puts the mark of unsaved changes."""
    shown = clean(path.name if path is not None else name, limit=80)
    return f"{shown.replace('[*]', '')}[*] – TinyML Studio"
