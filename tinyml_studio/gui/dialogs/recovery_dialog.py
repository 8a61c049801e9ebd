"""Unsaved work of sessions that ended without order: go on with it, delete it, or keep it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.text import ago, clean, plain_tip
from tinyml_studio.gui.theme import scaled_font
from tinyml_studio.gui.widgets.labels import plain_label

if TYPE_CHECKING:
    from tinyml_studio.app.recovery import Leftover

ABOUT = {
    "NEWER": "Changes on top of the project as it is saved.",
    "DIVERGED": "The project was saved by another program since. Both are kept until you choose.",
    "UNSAVED": "It was never saved, or its file is gone.",
    "DAMAGED": "It cannot be opened",
    "FOREIGN": "It cannot be opened",
}


class RecoveryDialog(QDialog):
    """Lists what is left; closing it keeps everything for the next start.

    Attributes
    ----------
    recovered, discarded
        What was chosen for a `Leftover`.
    """

    recovered = Signal(object)
    discarded = Signal(object)

    def __init__(self, leftovers: Sequence[Leftover], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Recover Unsaved Work")
        self.leftovers = tuple(leftovers)
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 1)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(12)
        self.rows = [self._add(place, leftover) for place, leftover in enumerate(leftovers)]
        self._open = len(self.rows)
        buttons = QDialogButtonBox()
        later = buttons.addButton("Decide Later", QDialogButtonBox.ButtonRole.RejectRole)
        later.setToolTip("Keep everything as it is and ask again at the next start")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(14)
        text = "TinyML Studio ended unexpectedly. This work was not saved:"
        layout.addWidget(plain_label(text))
        layout.addLayout(self._grid)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(560)

    def _add(self, place: int, leftover: Leftover) -> tuple[QPushButton, QPushButton]:
        about = ABOUT[leftover.kind.name]
        if leftover.reason:
            about = f"{about}: {clean(leftover.reason, limit=200)}."
        recover, discard = QPushButton("Recover"), QPushButton("Delete")
        recover.setEnabled(leftover.kind.can_be_opened)
        recover.clicked.connect(lambda: self._choose(place, recovers=True, leftover=leftover))
        discard.clicked.connect(lambda: self._choose(place, recovers=False, leftover=leftover))
        recover.setToolTip("Go on with this work; it stays unsaved until you save it")
        discard.setToolTip("Delete this work for good")
        self._grid.addWidget(_described(leftover, about), place, 0)
        self._grid.addWidget(recover, place, 1)
        self._grid.addWidget(discard, place, 2)
        return recover, discard

    def _choose(self, place: int, *, recovers: bool, leftover: Leftover) -> None:
        for button in self.rows[place]:
            button.setEnabled(False)
        self._open -= 1
        (self.recovered if recovers else self.discarded).emit(leftover)
        if recovers or not self._open:
            self.accept()


def _described(leftover: Leftover, about: str) -> QWidget:
    """Its name, when it was kept, and what it is; its place as a tooltip."""
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    title = plain_label(clean(leftover.name, limit=60))
    title.setFont(scaled_font(title.font(), 1.0, bold=True))
    column.addWidget(title)
    more = f"{kept_text(leftover.kept_at)}. {about}"
    column.addWidget(plain_label(more, name="muted", wrap=True))
    place = leftover.file if leftover.record is None else leftover.record.path
    if place is not None:
        made.setToolTip(plain_tip(str(place)))
    return made


def kept_text(kept_at: float) -> str:
    """When work was kept: how long ago, and by the clock."""
    past = ago(time.time() - kept_at)
    at = time.strftime("%Y-%m-%d %H:%M", time.localtime(kept_at))
    return f"Kept {past} ({at})" if past else f"Kept at {at}"
