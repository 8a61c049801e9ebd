"""A mosaic of channels in shades of one colour; the pointer is told as shares of the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from tinyml_studio.gui.theme import DARK, Colours, mixed


class Tiles(QWidget):
    """Intensities as pixels, as large as there is room, each a square.

    Parameters
    ----------
    tone
        Name of the theme's colour of the largest value.

    Attributes
    ----------
    pointed
        Where the pointer is, as shares of width and height; NaN when it has left.
    """

    pointed = Signal(float, float)

    def __init__(self, tone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone, self._colours = tone, DARK
        self._pixels: NDArray[np.uint8] | None = None
        self._stretches = False
        self._image: QImage | None = None
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pixels(self, pixels: NDArray[np.uint8], *, stretches: bool = False) -> None:
        """Show ``(H, W)`` intensities; 0 is the ground. What `stretches` fills the room."""
        self._stretches = stretches
        self._pixels = np.ascontiguousarray(pixels)
        self._paint_image()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self._paint_image()

    def _paint_image(self) -> None:
        if self._pixels is None:
            return
        high, wide = self._pixels.shape
        colours = self._colours
        tone = getattr(colours, self._tone)
        least = mixed("#000000" if colours.is_dark else colours.surface, tone, 0.07).name()
        image = QImage(
            self._pixels.tobytes(), wide, high, wide, QImage.Format.Format_Indexed8
        ).copy()
        shades = [mixed(least, tone, number / 255).rgb() for number in range(256)]
        image.setColorTable([mixed(colours.surface, colours.line, 0.5).rgb(), *shades[1:]])
        self._image = image
        self.update()

    def _room(self) -> QRectF:
        """Where the picture stands."""
        if self._image is None:
            return QRectF()
        if self._stretches:
            return QRectF(self.rect())
        scale = min(self.width() / self._image.width(), self.height() / self._image.height())
        wide, high = self._image.width() * scale, self._image.height() * scale
        return QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)

    # Qt's interface

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a few tiles."""
        return QSize(200, 120)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the picture in the middle."""
        del event
        if self._image is not None:
            painter = QPainter(self)
            painter.drawImage(self._room(), self._image)
            painter.end()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell where the pointer is."""
        room = self._room()
        if room.contains(event.position()):
            place = event.position() - room.topLeft()
            self.pointed.emit(place.x() / room.width(), place.y() / room.height())
        else:
            self.pointed.emit(float("nan"), float("nan"))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """The pointer has left."""
        super().leaveEvent(event)
        self.pointed.emit(float("nan"), float("nan"))
