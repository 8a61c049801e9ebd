"""A page: both networks over a whole set of samples, class against class."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from tinyml_studio.gui.states.confusion import ConfusionState
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.invitation import Invitation
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.matrix import Matrix


class ConfusionPage(QWidget):
    """Told a `ConfusionState`.

    Attributes
    ----------
    run_asked
        The whole set is to be run.
    float_chosen
        Whether the matrix is that of the float network.
    header
        Its buttons, to be put above the page.
    """

    run_asked = Signal()
    float_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = ConfusionState()
        self.run_button = QPushButton("Run the whole set")
        self.run_button.setToolTip(
            "Both networks over all samples: the example's test set, else the calibration samples. "
            "Progress and Cancel stand in the status bar"
        )
        self.run_button.clicked.connect(self.run_asked)
        self.float_button = QToolButton()
        self.float_button.setText("Float")
        self.float_button.setObjectName("toggle")
        self.float_button.setCheckable(True)
        self.float_button.setToolTip("The matrix of the float network instead of the integers'")
        self.float_button.toggled.connect(self.float_chosen)
        self._title, self._readout = ElidedLabel(), ElidedLabel(name="muted")
        self.matrix = Matrix()
        self.matrix.pointed.connect(self._describe)
        self.header = QWidget()
        top = QHBoxLayout(self.header)
        top.setContentsMargins(0, 0, 0, 0)
        top.addStretch(1)
        top.addWidget(self.float_button)
        self._hint = Invitation(top, self.run_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._title)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.matrix, 1)
        layout.addWidget(self._readout)

    def show_state(self, state: ConfusionState) -> None:
        """Show other counts, or what to do to see some."""
        self._state = state
        has_counts = state.counts is not None
        self._hint.show_text("" if has_counts else state.hint)
        self._title.setVisible(has_counts)
        self.matrix.setVisible(has_counts)
        self._readout.setVisible(has_counts)
        self.float_button.setVisible(has_counts and state.rows_are == "label")
        old = "before the last change: " if state.is_old else ""
        self._title.set_text(old + state.title)
        self._readout.set_text(state.note)
        self.matrix.show_state(state)

    def set_busy(self, *, busy: bool) -> None:
        """A run is on its way."""
        self.run_button.setEnabled(not busy)

    def texts(self) -> tuple[str, str, str]:
        """Title, hint and readout."""
        return self._title.text(), self._hint.text(), self._readout.text()

    def _describe(self, row: int, column: int) -> None:
        self._readout.set_text(self._state.about(row, column) or self._state.note)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.matrix.set_colours(colours)
