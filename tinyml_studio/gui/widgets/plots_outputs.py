"""Outputs of the float network and of the integers side by side."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.states.chart import Table, outputs_table
from tinyml_studio.gui.states.drawing import x_ticks
from tinyml_studio.gui.states.errors import fitted_labels
from tinyml_studio.gui.states.sample import OutputPair, output_ends
from tinyml_studio.gui.states.text import real
from tinyml_studio.gui.theme import figure_font, scaled_font
from tinyml_studio.gui.widgets.plots import NameAxis, Plot, bars, brush, level_line, pen

WIDTH = 0.38


class OutputsPlot(Plot):
    """Two bars per value, blue for float and amber for integer.

    Attributes
    ----------
    readout
        One line about the value under the pointer.
    """

    readout = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names = NameAxis()
        super().__init__(bottom_axis=self._names, parent=parent)
        self._pairs: tuple[OutputPair, ...] = ()
        self._floats, self._integers, self._zero = bars(), bars(), level_line()
        for item in (self._floats, self._integers, self._zero):
            self.box.addItem(item, ignoreBounds=True)
        self.item.getAxis("left").setWidth(52)
        self.setMinimumHeight(90)
        self.resized.connect(self._place_names)
        self.hovered.connect(self._describe)

    def show_pairs(self, pairs: tuple[OutputPair, ...]) -> None:
        """Draw other values."""
        self._pairs = pairs
        places = np.arange(len(pairs), dtype=np.float64)
        floats = np.array([pair.float_value for pair in pairs])
        integers = np.array([pair.integer_value for pair in pairs])
        for item, heights, shift in ((self._floats, floats, -0.2), (self._integers, integers, 0.2)):
            item.setOpts(x=places + shift, y0=0.0, height=heights, width=WIDTH)
        low, high = output_ends(pairs)
        self.set_range((-0.6, max(len(pairs), 1) - 0.4), (low, high))
        self.set_ticks("left", x_ticks(low, high))
        self._place_names()

    def paint_items(self) -> None:
        """The window's two colours."""
        colours = self.colours
        self._floats.setOpts(pen=pen(None), brush=brush(colours.float_))
        self._integers.setOpts(pen=pen(None), brush=brush(colours.integer))
        self._zero.setPen(pen(colours.muted, 1.0))
        self._place_names()

    def table(self) -> Table | None:
        """The figures of the plot."""
        return outputs_table(self._pairs) if self._pairs else None

    def _place_names(self) -> None:
        font = scaled_font(self.font(), 0.9)
        metrics = QFontMetricsF(font)
        names = [str(pair.number) for pair in self._pairs]
        room = self.room()[0] / max(len(names), 1)
        labels = fitted_labels(names, room, metrics.horizontalAdvance("0"), metrics.height())
        self._names.set_names(
            labels.texts, figure_font(font), self.colours.muted, slanted=labels.slanted
        )

    def _describe(self, x: float, _y: float) -> None:
        known = not math.isnan(x) and 0 <= round(x) < len(self._pairs)
        pair = self._pairs[round(x)] if known else None
        self.readout.emit(
            ""
            if pair is None
            else f"output {pair.number}: float {real(pair.float_value)}, "
            f"integer {real(pair.integer_value)}"
        )
