"""The strip of output channels: a box each, the grid's end as a dot, a click shows one alone."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.states.channels import ChannelStrip
from tinyml_studio.gui.states.chart import Table, strip_table
from tinyml_studio.gui.states.drawing import x_ticks
from tinyml_studio.gui.theme import translucent
from tinyml_studio.gui.widgets.plots import Plot, band, bars, brush, pen, points

LEFT_AXIS = 48


class ChannelsPlot(Plot):
    """Draws one `ChannelStrip`.

    Attributes
    ----------
    channel_pressed
        The channel that was clicked; None when it was shown alone already.
    readout
        One line about the channel under the pointer.
    """

    channel_pressed = Signal(object)
    readout = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._strip: ChannelStrip | None = None
        self._mark, self._all, self._most, self._ends = band(), bars(), bars(), points()
        for layer, item in enumerate((self._mark, self._all, self._most, self._ends)):
            item.setZValue(layer)
            self.box.addItem(item, ignoreBounds=True)
        self.item.getAxis("left").setWidth(LEFT_AXIS)
        self.setMinimumHeight(66)
        self.pressed.connect(self._choose)
        self.hovered.connect(self._describe)

    def show_state(self, strip: ChannelStrip) -> None:
        """Draw another strip."""
        self._strip = strip
        places = np.arange(strip.low.size, dtype=np.float64)
        for item, low, high in (
            (self._all, strip.low, strip.high),
            (self._most, strip.lower, strip.upper),
        ):
            item.setOpts(x=places, y0=low, height=high - low, width=0.72)
        ends = strip.limits
        self._ends.setData(np.tile(places, 2) if ends.size else [], np.concatenate((ends, -ends)))
        self._mark.setVisible(strip.chosen is not None)
        if strip.chosen is not None:
            self._mark.setRegion((strip.chosen - 0.5, strip.chosen + 0.5))
        reach = float(max(-strip.low.min(), strip.high.max(), *strip.limits, 1e-30)) * 1.1
        self.set_range((-0.6, strip.low.size - 0.4), (-reach, reach))
        self.set_ticks("left", x_ticks(-reach, reach)[::2])
        self.set_ticks("bottom", channel_ticks(strip.low.size))

    def paint_items(self) -> None:
        """Float values in blue, the grid in amber."""
        colours = self.colours
        self._all.setOpts(pen=pen(None), brush=brush(translucent(colours.float_, 110)))
        self._most.setOpts(pen=pen(None), brush=brush(colours.float_))
        self._ends.setBrush(brush(colours.integer))
        self._mark.setBrush(brush(translucent(colours.accent, 60)))

    def table(self) -> Table | None:
        """The figures of the plot."""
        return strip_table(self._strip) if self._strip is not None else None

    def _place_of(self, x: float) -> int | None:
        if math.isnan(x) or self._strip is None or not 0 <= round(x) < self._strip.low.size:
            return None
        return round(x)

    def _choose(self, x: float, _y: float) -> None:
        place = self._place_of(x)
        if place is not None and self._strip is not None:
            self.channel_pressed.emit(None if place == self._strip.chosen else place)

    def _describe(self, x: float, _y: float) -> None:
        place = self._place_of(x)
        known = place is not None and self._strip is not None
        self.readout.emit(self._strip.tip(place) if known else "")  # type: ignore[union-attr, arg-type]


def channel_ticks(channels: int) -> list[tuple[float, str]]:
    """Whole numbers under the strip."""
    step = next(step for step in (1, 2, 4, 8, 16, 32, 64, 128) if channels / step <= 9)
    return [(float(place), str(place)) for place in range(0, channels, step)]
