"""The running job in the status bar: what, how far, how long still, and cancel."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from tinyml_studio.app.jobs import Job, JobState
from tinyml_studio.gui.states.text import remaining
from tinyml_studio.gui.widgets.labels import ElidedLabel

SHOWN_AFTER_MS = 200
STEPS = 1000


class JobBar(QWidget):
    """Told the job that runs; tells when it is to be cancelled.

    Attributes
    ----------
    cancelled
        The person wants the job to stop.
    appeared
        The job takes longer than a moment.
    """

    cancelled = Signal()
    appeared = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ElidedLabel()
        self.text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(180)
        self.button = QPushButton("Cancel")
        self.button.setToolTip("Stop at the next step; nothing changes")
        self.button.clicked.connect(self._cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 1, 8, 3)
        layout.setSpacing(10)
        for part in (self.text, self.bar, self.button):
            layout.addWidget(part)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_AFTER_MS)
        self._timer.timeout.connect(self._appear)
        self.hide()

    def begin(self, job: Job[Any] | None) -> None:
        """A job was started; it appears when it takes longer than a moment."""
        self.text.set_text(job.title if job is not None else "")
        self.bar.setRange(0, 0)
        self.button.setEnabled(True)
        if not self.isVisible():
            self._timer.start()

    def show_progress(self, job: Job[Any], state: JobState) -> None:
        """The job is further."""
        share = state.fraction
        self.bar.setRange(0, STEPS if share is not None else 0)
        self.bar.setValue(round((share or 0.0) * STEPS))
        says_more = not job.title.casefold().startswith(state.what.casefold())
        what = state.what[:1].lower() + state.what[1:]
        parts = [job.title, what * says_more]
        if state.total > 1:
            parts.append(f"{state.done} of {state.total}")
        if state.remaining is not None and state.elapsed > 0.5:
            parts.append(remaining(state.remaining))
        if not job.token.cancelled:
            self.text.set_text("  ·  ".join(part for part in parts if part))

    def end(self) -> None:
        """Nothing runs any more."""
        self._timer.stop()
        self.hide()

    def _appear(self) -> None:
        self.show()
        self.appeared.emit()

    def _cancel(self) -> None:
        self.button.setEnabled(False)
        self.text.set_text("Cancelling …")
        self.cancelled.emit()
