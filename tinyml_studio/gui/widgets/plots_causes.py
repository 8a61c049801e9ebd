"""The chart of causes: one stacked bar per layer, all of one height."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.states.causes import CAUSE_COLOURS, Cause, CauseBar
from tinyml_studio.gui.states.chart import Table, causes_table
from tinyml_studio.gui.states.errors import fitted_labels
from tinyml_studio.gui.theme import figure_font, mixed, scaled_font, translucent
from tinyml_studio.gui.widgets.plots import NameAxis, Plot, band, bars, brush, pen

WIDTH = 0.7
OLD = 0.35
TICKS = [(0.0, "0"), (0.5, "50 %"), (1.0, "100 %")]


class CausesPlot(Plot):
    """Draws `CauseBar`s.

    Attributes
    ----------
    layer_pressed
        The true name of the layer whose bar was clicked.
    readout
        One line about the bar under the pointer; empty when there is none.
    """

    layer_pressed = Signal(str)
    readout = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names = NameAxis()
        super().__init__(bottom_axis=self._names, parent=parent)
        self._bars: tuple[CauseBar, ...] = ()
        self._mark, self._stacks = band(), tuple(bars() for _ in Cause)
        for layer, item in enumerate((self._mark, *self._stacks)):
            item.setZValue(layer)
            self.box.addItem(item, ignoreBounds=True)
        self.item.getAxis("left").setWidth(52)
        self.setMinimumHeight(176)
        self.resized.connect(self._place_names)
        self.pressed.connect(self._choose)
        self.hovered.connect(self._describe)

    def show_bars(
        self, shown: tuple[CauseBar, ...], selected: str, *, is_old: bool = False
    ) -> None:
        """Draw other bars; pale where they are those of the state before."""
        self._bars = shown
        shares = np.array([bar.shares for bar in shown]).reshape(len(shown), len(Cause))
        feet = np.cumsum(shares, axis=1) - shares
        places = np.arange(len(shown), dtype=np.float64)
        for number, item in enumerate(self._stacks):
            item.setOpacity(OLD if is_old else 1.0)
            item.setOpts(x=places, y0=feet[:, number], height=shares[:, number], width=WIDTH)
        chosen = [place for place, bar in enumerate(shown) if bar.key == selected]
        self._mark.setVisible(bool(chosen))
        if chosen:
            self._mark.setRegion((chosen[0] - 0.48, chosen[0] + 0.48))
        self.set_range((-0.6, max(len(shown), 1) - 0.4), (0.0, 1.06))
        self.set_ticks("left", TICKS)
        self._place_names()

    def paint_items(self) -> None:
        """The colours of the legend."""
        colours = self.colours
        for cause, item in zip(Cause, self._stacks, strict=True):
            name = CAUSE_COLOURS[cause]
            full = str(getattr(colours, name.rstrip("~")))
            item.setOpts(
                pen=pen(colours.surface, 0.8),
                brush=brush(mixed(full, colours.surface, 0.68) if name.endswith("~") else full),
            )
        self._mark.setBrush(brush(translucent(colours.accent, 46)))
        self._place_names()

    def table(self) -> Table | None:
        """The figures of the plot."""
        return causes_table(self._bars) if self._bars else None

    def _place_names(self) -> None:
        names = [bar.name for bar in self._bars]
        font = scaled_font(self.font(), 0.9)
        metrics = QFontMetricsF(font)
        room = self.room()[0] / max(len(names), 1)
        labels = fitted_labels(names, room, metrics.horizontalAdvance("n"), metrics.height())
        self._names.set_names(
            labels.texts, figure_font(font), self.colours.muted, slanted=labels.slanted
        )

    def _place_of(self, x: float) -> int | None:
        if math.isnan(x) or not 0 <= round(x) < len(self._bars):
            return None
        return round(x)

    def _choose(self, x: float, _y: float) -> None:
        place = self._place_of(x)
        if place is not None:
            self.layer_pressed.emit(self._bars[place].key)

    def _describe(self, x: float, _y: float) -> None:
        place = self._place_of(x)
        self.readout.emit("" if place is None else str(self._bars[place]))
