"""Asks for the file of a chip that is not bundled."""

from __future__ import annotations

from PySide6.QtWidgets import QFileDialog, QWidget

FILTER = "Targets (*.toml);;All files (*)"


def ask_target(parent: QWidget, folder: str) -> str:
    """The path of a target file; empty when the person gave up."""
    return QFileDialog.getOpenFileName(parent, "Chip of Your Own", folder, FILTER)[0]
