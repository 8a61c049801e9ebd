"""File dialogs and the question whether to save; apart, so that tests can answer for a person."""

from __future__ import annotations

from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from tinyml_studio.gui.states.text import clean

OPEN_FILTER = (
    "Models and projects (*.onnx *.tflite *.tmls);;Models (*.onnx *.tflite);;Projects (*.tmls);;"
    "All files (*)"
)
DATA_FILTER = "Samples (*.npz *.npy *.csv);;All files (*)"


class Answer(Enum):
    """What to do with changes that are not saved."""

    SAVE = auto()
    DISCARD = auto()
    STAY = auto()


def ask_open(parent: QWidget, folder: str) -> Path | None:
    """A model or project to open."""
    return _path(QFileDialog.getOpenFileName(parent, "Open", folder, OPEN_FILTER)[0])


def ask_project(parent: QWidget, suggestion: str) -> Path | None:
    """Where to save a project; always ends in ``.tmls``."""
    chosen = _path(
        QFileDialog.getSaveFileName(parent, "Save Project", suggestion, "Projects (*.tmls)")[0]
    )
    if chosen is not None and chosen.suffix.lower() != ".tmls":
        chosen = chosen.with_name(f"{chosen.name}.tmls")
    return chosen


def ask_header(parent: QWidget, suggestion: str) -> Path | None:
    """Where to write the header."""
    return _path(
        QFileDialog.getSaveFileName(parent, "Export C Header", suggestion, "C headers (*.h)")[0]
    )


def ask_model(parent: QWidget, suggestion: str) -> Path | None:
    """Where to write a quantized model."""
    return _path(QFileDialog.getSaveFileName(parent, "Export ONNX", suggestion, "ONNX (*.onnx)")[0])


def ask_data_file(parent: QWidget, folder: str) -> Path | None:
    """A file of samples."""
    return _path(QFileDialog.getOpenFileName(parent, "Calibration Data", folder, DATA_FILTER)[0])


def ask_data_folder(parent: QWidget, folder: str) -> Path | None:
    """A folder of images."""
    return _path(QFileDialog.getExistingDirectory(parent, "Folder of Images", folder))


def ask_dump_folder(parent: QWidget, folder: str) -> Path | None:
    """A folder of tensors that a device has left."""
    return _path(QFileDialog.getExistingDirectory(parent, "Folder of Tensors", folder))


def ask_reference(parent: QWidget, folder: str) -> Path | None:
    """The float model that a quantized one is held against."""
    title, kinds = "Hold against a Float Model", "Models (*.onnx *.tflite);;All files (*)"
    return _path(QFileDialog.getOpenFileName(parent, title, folder, kinds)[0])


def ask_save(parent: QWidget, name: str) -> Answer:
    """Whether to save changes before they are lost."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("TinyML Studio")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"Save the changes to {clean(name, limit=80)}?")
    box.setInformativeText("They are lost if you do not save them.")
    buttons = QMessageBox.StandardButton
    box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
    box.setDefaultButton(buttons.Save)
    pressed = box.exec()
    box.deleteLater()
    if pressed == buttons.Save:
        return Answer.SAVE
    return Answer.DISCARD if pressed == buttons.Discard else Answer.STAY


def _path(name: str) -> Path | None:
    return Path(name) if name else None
