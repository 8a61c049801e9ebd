"""The sample that went in: an image, waves or numbers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QStackedWidget, QWidget

from tinyml_studio.gui.states.chart import Table, waves_table
from tinyml_studio.gui.states.drawing import x_ticks
from tinyml_studio.gui.states.sample import SampleState
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.plots import Plot, curve, pen


class Picture(QWidget):
    """Pixels, as large as there is room, each a square."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """Show ``(H, W)`` greys or ``(H, W, 3)`` colours."""
        kind = QImage.Format.Format_RGB888 if pixels.ndim == 3 else QImage.Format.Format_Grayscale8
        high, wide = pixels.shape[:2]
        image = QImage(pixels.tobytes(), wide, high, pixels.strides[0], kind)
        self._image = image.copy()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a thumbnail."""
        return QSize(160, 160)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the image in the middle."""
        del event
        if self._image is None:
            return
        scale = min(self.width() / self._image.width(), self.height() / self._image.height())
        wide, high = self._image.width() * scale, self._image.height() * scale
        painter = QPainter(self)
        room = QRectF((self.width() - wide) / 2, (self.height() - high) / 2, wide, high)
        painter.drawImage(room, self._image)
        painter.end()


class WavesPlot(Plot):
    """Up to six channels over the steps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._curves = [curve() for _ in range(6)]
        self._waves: NDArray[np.float64] | None = None
        for item in self._curves:
            self.item.addItem(item)
        self.item.getAxis("left").setWidth(46)

    def show_waves(self, waves: NDArray[np.float64]) -> None:
        """Draw ``(channels, steps)``."""
        self._waves = waves
        for place, item in enumerate(self._curves):
            item.setVisible(place < len(waves))
            if place < len(waves):
                item.setData(waves[place])
        low, high = float(waves.min()), float(waves.max())
        room = (high - low) * 0.05 or 1.0
        steps = waves.shape[1] - 1
        self.set_range((0.0, float(steps)), (low - room, high + room))
        self.set_ticks("bottom", x_ticks(0.0, float(steps)))
        self.set_ticks("left", x_ticks(low - room, high + room))

    def table(self) -> Table | None:
        """The figures of the plot."""
        return waves_table(self._waves) if self._waves is not None else None

    def paint_items(self) -> None:
        """Each channel in another colour."""
        colours = self.colours
        names = (colours.float_, colours.good, colours.muted, colours.accent, colours.text)
        for item, name in zip(self._curves, (*names, colours.line), strict=True):
            item.setPen(pen(name, 1.4))


class SampleInput(QStackedWidget):
    """Shows the input of a `SampleState` as what it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture, self.waves, self.numbers = Picture(), WavesPlot(), QPlainTextEdit()
        self.numbers.setReadOnly(True)
        for part in (self.picture, self.waves, self.numbers):
            self.addWidget(part)

    def show_state(self, state: SampleState) -> None:
        """Show another sample."""
        if state.image is not None:
            self.picture.show_pixels(state.image)
            self.setCurrentWidget(self.picture)
        elif state.waves is not None:
            self.waves.show_waves(state.waves)
            self.setCurrentWidget(self.waves)
        else:
            self.numbers.setPlainText("\n".join(state.numbers))
            self.setCurrentWidget(self.numbers)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.waves.set_colours(colours)

    def dispose(self) -> None:
        """Take the plot apart."""
        self.waves.dispose()
