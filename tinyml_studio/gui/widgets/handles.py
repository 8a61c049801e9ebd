"""Two lines that a person drags: the ends of a clipping range, which always holds 0."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from tinyml_studio.gui.widgets.plots import Graphics, movable_line, pen


class Handles(QObject):
    """The lower and the upper end.

    Attributes
    ----------
    moved
        Both ends while one is dragged.
    released
        Both ends when a drag has ended.
    """

    moved = Signal(float, float)
    released = Signal(float, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: tuple[Graphics, Graphics] = (movable_line(), movable_line())
        self._before = (0.0, 0.0)
        self.is_symmetric = False
        for line in self.lines:
            line.sigDragged.connect(lambda held, *_: self._drag(held))
            line.sigPositionChangeFinished.connect(lambda *_: self._release())

    @property
    def ends(self) -> tuple[float, float]:
        """Where the lines are."""
        low, high = (float(line.value()) for line in self.lines)
        return low, high

    @property
    def is_dragged(self) -> bool:
        """Whether a line is in the hand."""
        return any(bool(line.moving) for line in self.lines)

    def add_to(self, item: Graphics) -> None:
        """Draw the lines in a plot, above everything else."""
        for line in self.lines:
            line.setZValue(20)
            item.addItem(line)

    def set_colour(self, colour: str) -> None:
        """Draw the lines in that colour."""
        for line in self.lines:
            line.setPen(pen(colour, 1.6))
            line.setHoverPen(pen(colour, 3.2))

    def set_visible(self, *, shown: bool) -> None:
        """Show or hide both lines."""
        for line in self.lines:
            line.setVisible(shown)

    def place(self, ends: tuple[float, float], room: tuple[float, float]) -> None:
        """Put the lines at the ends; each may be dragged from 0 to the edge of `room`."""
        self._before = ends
        low, high = self.lines
        low.setBounds((min(room[0], ends[0]), min(0.0, room[1])))
        high.setBounds((max(0.0, room[0]), max(room[1], ends[1])))
        low.setPos(ends[0])
        high.setPos(ends[1])

    def _drag(self, held: Graphics) -> None:
        """Take the other line along where the range is symmetric."""
        if self.is_symmetric:
            other = self.lines[1] if held is self.lines[0] else self.lines[0]
            other.setPos(-held.value())
        self.moved.emit(*self.ends)

    def _release(self) -> None:
        """Tell a range that has become another one and is not empty."""
        low, high = self.ends
        if low < high and (low, high) != self._before:
            self.released.emit(low, high)
