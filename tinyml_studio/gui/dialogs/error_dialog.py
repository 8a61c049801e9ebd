"""The one door for errors: what happened, why, and what to do, as plain text."""

from __future__ import annotations

import platform
import traceback

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from tinyml_studio.errors import StudioError
from tinyml_studio.gui.states.text import paragraphs
from tinyml_studio.version import __version__


def error_dialog(error: Exception, wish: str, parent: QWidget | None = None) -> QMessageBox:
    """A dialog for an error; the caller opens it.

    Parameters
    ----------
    error
        A `StudioError`, or anything else, which is a fault of the program: its report can be
        unfolded and copied.
    wish
        What the person wanted, such as ``open model.onnx``.
    parent
        The window that it stands in front of.
    """
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("TinyML Studio")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    title, detail, hint = texts(error, wish)
    box.setText(title)
    box.setInformativeText("\n\n".join(part for part in (detail, hint) if part))
    if not isinstance(error, StudioError):
        add_report(box, "".join(traceback.format_exception(error)))
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    return box


def add_report(box: QMessageBox, report: str) -> None:
    """A report that can be unfolded, and copied with one click."""
    whole = f"TinyML Studio {__version__}, Python {platform.python_version()}, "
    whole += f"{platform.platform()}\n\n{report}"
    box.setDetailedText(whole)
    copy = box.addButton("Copy Report", QMessageBox.ButtonRole.ActionRole)
    copy.clicked.disconnect()  # the box would close
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(whole))


def texts(error: Exception, wish: str) -> tuple[str, str, str]:
    """Title, detail and hint of an error, in plain text."""
    if isinstance(error, StudioError):
        return (
            sentence(paragraphs(error.title, limit=600)),
            sentence(paragraphs(error.detail)),
            sentence(paragraphs(error.hint)),
        )
    kind = type(error).__name__
    return (
        f"A fault in the program: could not {paragraphs(wish, limit=200)}.",
        paragraphs(f"{kind}: {error}", limit=600),
        "Your work is still open. Please report this with the details below.",
    )


def sentence(text: str) -> str:
    """The text as a sentence: a capital first, a full stop last."""
    if not text:
        return ""
    whole = text[0].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?", "…")) else f"{whole}."


def one_line(error: Exception) -> str:
    """The error for a notice: title, detail and hint in a row."""
    return " ".join(part for part in texts(error, "make this change") if part)
