"""The bar chart: up to three bars per layer, the chosen one marked, a click chooses one."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.states.chart import Table, error_table
from tinyml_studio.gui.states.drawing import merged, nice_step
from tinyml_studio.gui.states.errors import (
    ErrorState,
    Scale,
    bar_tip,
    drawn_heights,
    drawn_scale,
    fitted_labels,
)
from tinyml_studio.gui.states.text import real
from tinyml_studio.gui.theme import figure_font, scaled_font, translucent
from tinyml_studio.gui.widgets.plots import (
    NameAxis,
    Plot,
    band,
    bars,
    brush,
    level_line,
    pen,
)

WIDTH = 0.8
"""Of all bars of a layer together."""
GAP = 0.02
MOST_DRAWN = 1000
"""Bars of a kind; of more, neighbours are drawn as one, which are narrower than a pixel anyway."""
OLD = 0.35
"""Opacity of what is that of the state before."""


class BarsPlot(Plot):
    """Draws one `ErrorState`.

    Attributes
    ----------
    layer_pressed
        The true name of the layer whose bars were clicked.
    readout
        One line about the bars under the pointer; empty when there are none.
    """

    layer_pressed = Signal(str)
    readout = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        self._names = NameAxis()
        super().__init__(bottom_axis=self._names, parent=parent)
        self._state = ErrorState()
        self._scale = Scale("", 0.0, 0.0, 1.0)
        self._mark, self._alone, self._so_far, self._arrived = band(), bars(), bars(), bars()
        self._zero, self._suspect = level_line(), level_line()
        for layer, item in enumerate(
            (self._mark, self._alone, self._so_far, self._arrived, self._zero, self._suspect)
        ):
            item.setZValue(layer)
            self.box.addItem(item, ignoreBounds=True)
        self.item.getAxis("left").setWidth(52)
        self.item.showGrid(y=True, alpha=0.14)
        self.setMinimumHeight(176)
        self.resized.connect(self._place_names)
        self.pressed.connect(self._choose)
        self.hovered.connect(self._describe)

    def show_state(self, state: ErrorState) -> None:
        """Draw another state."""
        self._state = state
        self._scale = drawn_scale(state.metric, state.bars)
        self._draw()

    def paint_items(self) -> None:
        """Amber speaks of the layer's integers, pale alone, full so far; grey of the output."""
        colours = self.colours
        self._alone.setOpts(
            pen=pen(colours.integer, 1.0), brush=brush(translucent(colours.integer, 70))
        )
        self._so_far.setOpts(pen=pen(colours.integer, 1.0), brush=brush(colours.integer))
        self._arrived.setOpts(pen=pen(colours.muted, 1.0), brush=brush(colours.muted))
        self._mark.setBrush(brush(translucent(colours.accent, 46)))
        self._zero.setPen(pen(colours.muted, 1.0))
        self._suspect.setPen(pen(colours.suspect, 1.2, dashed=True))
        self._draw()

    def table(self) -> Table | None:
        """The figures of the plot."""
        return error_table(self._state) if self._state.bars else None

    def _draw(self) -> None:
        scale, count = self._scale, len(self._state.bars)
        self._heights()
        self.set_range((-0.6, max(count, 1) - 0.4), (scale.low, scale.high))
        self.set_ticks("left", value_ticks(scale))
        self._zero.setPos(scale.base)
        self._suspect.setVisible(scale.suspect is not None and count > 0)
        self._suspect.setPos(scale.suspect or 0.0)
        chosen = [
            place for place, bar in enumerate(self._state.bars) if bar.key == self._state.selected
        ]
        self._mark.setVisible(bool(chosen))
        if chosen:
            self._mark.setRegion((chosen[0] - 0.48, chosen[0] + 0.48))
        self._place_names()

    def _heights(self) -> None:
        state, scale = self._state, self._scale
        alone = drawn_heights((bar.isolated for bar in state.bars), scale)
        so_far = drawn_heights((bar.cumulative for bar in state.bars), scale)
        shown = [(self._alone, alone), (self._so_far, so_far)]
        self._arrived.setVisible(state.has_amplified)
        self._arrived.setOpacity(OLD if state.is_old else 1.0)
        if state.has_amplified:
            arrived = drawn_heights((bar.amplified for bar in state.bars), scale)
            shown.append((self._arrived, arrived))
        for number, (item, ends) in enumerate(shown):
            heights, span = merged(ends - scale.base, MOST_DRAWN)
            width = WIDTH * span / len(shown)
            middles = np.arange(len(heights)) * span + (span - 1) / 2
            item.setOpts(
                x=middles + (number + 0.5) * width - WIDTH * span / 2,
                y0=scale.base,
                height=heights,
                width=width - GAP * span,
            )

    def _place_names(self) -> None:
        names = [bar.name for bar in self._state.bars]
        font = scaled_font(self.font(), 0.9)
        metrics = QFontMetricsF(font)
        room = self.room()[0] / max(len(names), 1)
        labels = fitted_labels(names, room, metrics.horizontalAdvance("n"), metrics.height())
        self._names.set_names(
            labels.texts, figure_font(font), self.colours.muted, slanted=labels.slanted
        )

    def _place_of(self, x: float) -> int | None:
        if math.isnan(x):
            return None
        place = round(x)
        return place if 0 <= place < len(self._state.bars) else None

    def _choose(self, x: float, _y: float) -> None:
        place = self._place_of(x)
        if place is not None:
            self.layer_pressed.emit(self._state.bars[place].key)

    def _describe(self, x: float, _y: float) -> None:
        place = self._place_of(x)
        self.readout.emit(
            "" if place is None else bar_tip(self._state.metric, self._state.bars[place])
        )


def value_ticks(scale: Scale) -> list[tuple[float, str]]:
    """Labels of the y axis; decades on a logarithmic one."""
    step = nice_step(scale.high - scale.low, 5)
    if scale.is_log:
        step = max(1.0, round(step))
    first, last = math.ceil(scale.low / step - 1e-9), math.floor(scale.high / step + 1e-9)
    if scale.is_log:
        return [(place * step, real(10.0 ** (place * step))) for place in range(first, last + 1)]
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    unit = f" {scale.unit}" if scale.unit else ""
    return [
        (place * step, f"{place * step:.{digits}f}{unit}".replace("-", "−"))
        for place in range(first, last + 1)
    ]
