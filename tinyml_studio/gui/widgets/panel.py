"""What every view of a pane is: a framed panel that takes over a theme and can be taken apart."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from tinyml_studio.gui.theme import Colours


class Panel(QFrame):
    """A view. It is told states and tells intentions; it computes nothing, knows no other view.

    Attributes
    ----------
    data_asked
        Without calibration data there is nothing to see: they are to be chosen.
    """

    data_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme; views with colours of their own override it."""

    def set_low(self, *, is_low: bool) -> None:
        """The window has little height, or enough; views whose parts can give way override it."""

    def dispose(self) -> None:
        """Take plots apart while the application still lives; views with plots override it."""
