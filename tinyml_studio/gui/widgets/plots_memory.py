"""The chart of the arena: a rectangle for each tensor, its height bytes and its width steps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPen
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.states.chart import Table
from tinyml_studio.gui.states.charts_of_panes import memory_table
from tinyml_studio.gui.states.drawing import nice_step
from tinyml_studio.gui.states.errors import fitted_labels
from tinyml_studio.gui.states.memory import (
    Block,
    MemoryState,
    block_at,
    block_text,
    uncovered,
)
from tinyml_studio.gui.states.text import data_size
from tinyml_studio.gui.theme import DARK, Colours, figure_font, mixed, scaled_font, translucent
from tinyml_studio.gui.widgets.plots import (
    Drawing,
    Graphics,
    NameAxis,
    Plot,
    band,
    brush,
    level_line,
    pen,
)

LINE = "#18202b"
"""Dark on amber in either theme: names on full rectangles, and the hatch of overlaps."""
LETTERS = 5
"""A rectangle carries its name where at least so many letters of it fit."""


class Blocks(Drawing):
    """All rectangles in one item, so that hundreds are quick."""

    def __init__(self) -> None:
        super().__init__()
        self._state = MemoryState()
        self.colours: Colours = DARK
        self.pixel = (1.0, 1.0)
        self._image: QImage | None = None

    def show_state(self, state: MemoryState) -> None:
        """Draw another arena."""
        self.prepareGeometryChange()
        if state.picture is not self._state.picture:
            self._image = None if state.picture is None else indexed_image(state.picture)
        self._state = state
        self._colour_image()
        self.update()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.colours = colours
        self._colour_image()
        self.update()

    def _colour_image(self) -> None:
        if self._image is not None:
            shades = [QColor(Qt.GlobalColor.transparent), *map(self._shade, (False, True))]
            self._image.setColorTable([shade.rgba() for shade in shades])

    def _shade(self, at_peak: bool) -> QColor:  # noqa: FBT001 - one of two shades
        """Full where the tensor lives at the peak."""
        return mixed(self.colours.integer, self.colours.surface, 0.1 if at_peak else 0.58)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        """The whole arena."""
        return QRectF(0.0, 0.0, max(len(self._state.steps), 1), max(self._state.size, 1))

    def paint(self, painter: Graphics, *_: Graphics) -> None:
        """Rectangles first, then the names that fit; of very many one picture and the chosen."""
        if self._image is not None:
            painter.drawImage(self.boundingRect(), self._image)
            for block in self._state.blocks:
                if block.key == self._state.selected:
                    self._paint_block(painter, block)
            return
        blocks = sorted(self._state.blocks, key=lambda block: block.key == self._state.selected)
        for block in blocks:
            self._paint_block(painter, block)
        self._paint_overlaps(painter)
        for place, block in enumerate(blocks):
            self._write(painter, block, blocks[place + 1 :])

    def _paint_block(self, painter: Graphics, block: Block) -> None:
        colours, chosen = self.colours, block.key == self._state.selected
        frame = QPen(QColor(colours.accent if chosen else colours.surface), 2.0 if chosen else 1.0)
        frame.setCosmetic(True)
        painter.setPen(frame)
        painter.setBrush(self._shade(block.at_peak))
        painter.drawRect(self._rect(block))

    def _ink(self, block: Block) -> QColor:
        """What can be read on a rectangle."""
        is_dark = self.colours.is_dark and not block.at_peak
        return QColor(self.colours.text if is_dark else LINE)

    def _paint_overlaps(self, painter: Graphics) -> None:
        """A hatch where two lie over each other, and the edges that one hides of the other."""
        steps = len(self._state.steps)
        for overlap in self._state.overlaps:
            wide = min(overlap.last, steps - 1) + 1 - overlap.first
            rect = QRectF(overlap.first, overlap.offset, wide, overlap.size)
            ink = self._ink(self._state.blocks[overlap.other])
            edge = QPen(ink, 1.0, Qt.PenStyle.DashLine)
            edge.setCosmetic(True)
            painter.setPen(edge)
            painter.setBrush(QBrush(ink, Qt.BrushStyle.BDiagPattern))
            painter.drawRect(rect)

    def _write(self, painter: Graphics, block: Block, above: Sequence[Block]) -> None:
        """The name, where the rectangles that are drawn over this one leave room for it."""
        rect, (across, up) = self._rect(block), self.pixel
        metrics = QFontMetricsF(painter.font())
        least = metrics.averageCharWidth() * LETTERS
        if rect.height() / up < metrics.height() or rect.width() / across - 6 < least:
            return
        first, end = uncovered(block, above)
        rect.setLeft(max(rect.left(), first))
        rect.setRight(min(rect.right(), end))
        room = rect.width() / across - 6
        if room < least:
            return
        text = metrics.elidedText(block.name, Qt.TextElideMode.ElideMiddle, room)
        painter.save()
        painter.translate(rect.center())
        painter.scale(across, -up)
        half, top = metrics.horizontalAdvance(text) / 2, metrics.ascent() / 2 - 1
        plate = QRectF(-half - 2, top - metrics.ascent(), 2 * half + 4, metrics.height())
        painter.fillRect(plate, self._shade(block.at_peak))  # a hatch would run through the letters
        painter.setPen(self._ink(block))
        painter.drawText(QPointF(-half, top), text)
        painter.restore()

    def _rect(self, block: Block) -> QRectF:
        last = min(block.last, len(self._state.steps) - 1)
        return QRectF(block.first, block.offset, last + 1 - block.first, block.size)


class MemoryPlot(Plot):
    """Draws one `MemoryState`.

    Attributes
    ----------
    layer_pressed
        The true name of the layer whose tensor was clicked.
    readout
        One line about the tensor under the pointer; empty when there is none.
    """

    layer_pressed = Signal(str)
    readout = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names = NameAxis()
        super().__init__(bottom_axis=self._names, parent=parent)
        self._state = MemoryState()
        self.blocks, self._mark, self._bound = Blocks(), band(), level_line()
        for layer, item in enumerate((self.blocks, self._mark, self._bound)):
            item.setZValue(layer)
            self.box.addItem(item, ignoreBounds=True)
        self.item.getAxis("left").setWidth(62)
        self.setMinimumHeight(120)
        self.resized.connect(self._fit)
        self.pressed.connect(self._choose)
        self.hovered.connect(self._describe)

    def show_state(self, state: MemoryState) -> None:
        """Draw another arena."""
        self._state = state
        self._fit()

    def choose(self, key: str) -> None:
        """Mark the tensor of a layer."""
        if key != self._state.selected:
            self._state = replace(self._state, selected=key)
            self.blocks.show_state(self._state)

    def paint_items(self) -> None:
        """Amber as all integers; full where the tensor lives at the peak."""
        colours = self.colours
        self.blocks.set_colours(colours)
        self._mark.setBrush(brush(translucent(colours.accent, 40)))
        self._bound.setPen(pen(colours.accent, 1.4, dashed=True))
        self._fit()

    def table(self) -> Table | None:
        """The figures of the plot."""
        return memory_table(self._state) if self._state.blocks else None

    def _fit(self) -> None:
        state = self._state
        count, top = max(len(state.steps), 1), max(state.size, 1) * 1.04
        width, height = self.room()
        self.blocks.pixel = (count / max(width, 1.0), top / max(height, 1.0))
        self.blocks.show_state(state)
        self.set_range((0.0, float(count)), (0.0, top))
        self._mark.setRegion((state.peak, state.peak + 1))
        self._mark.setVisible(bool(state.blocks))
        self._bound.setPos(float(state.lower_bound))
        self._bound.setVisible(bool(state.blocks))
        self.set_ticks("left", byte_ticks(top))
        self._place_names()

    def _place_names(self) -> None:
        steps = self._state.steps
        font = scaled_font(self.font(), 0.9)
        metrics = QFontMetricsF(font)
        room = self.room()[0] / max(len(steps), 1)
        labels = fitted_labels(steps, room, metrics.horizontalAdvance("n"), metrics.height())
        middles = tuple((place + 0.5, text) for place, text in labels.texts)
        self._names.set_names(
            middles, figure_font(font), self.colours.muted, slanted=labels.slanted
        )

    def _choose(self, x: float, y: float) -> None:
        block = block_at(self._state, x, y)
        if block is not None and block.key:
            self.layer_pressed.emit(block.key)

    def _describe(self, x: float, y: float) -> None:
        block = None if math.isnan(x) else block_at(self._state, x, y)
        self.readout.emit("" if block is None else block_text(self._state, block))


def indexed_image(picture: NDArray[np.uint8]) -> QImage:
    """An image of ``(rows, columns)`` shades that owns its bytes."""
    rows, columns = picture.shape
    data = np.ascontiguousarray(picture).tobytes()
    return QImage(data, columns, rows, columns, QImage.Format.Format_Indexed8).copy()


def byte_ticks(top: float) -> list[tuple[float, str]]:
    """Labels of an axis of bytes."""
    step = max(1.0, nice_step(top, 4))
    return [
        (place * step, data_size(round(place * step)))
        for place in range(math.floor(top / step) + 1)
    ]
