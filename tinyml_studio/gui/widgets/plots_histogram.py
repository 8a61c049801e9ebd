"""The histogram plot: float values as a blue area, their integers as an amber outline."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.states.alike import alike
from tinyml_studio.gui.states.chart import Table, histogram_table
from tinyml_studio.gui.states.distribution import HistogramState
from tinyml_studio.gui.states.drawing import (
    Curve,
    drawn_curve,
    drawn_levels,
    roomier,
    share_ticks,
    x_ticks,
)
from tinyml_studio.gui.theme import translucent
from tinyml_studio.gui.widgets.handles import Handles
from tinyml_studio.gui.widgets.plots import (
    Plot,
    band,
    brush,
    pen,
    points,
    segments,
    steps,
    upright_line,
)

LEFT_AXIS = 48
MARK, HALF_A_LINE = 8.0, 8.0
"""Pixels beside a range for the marks at its ends, and above a figure on the axis."""


class HistogramPlot(Plot):
    """Draws one `HistogramState`; the y axis is linear or logarithmic.

    Attributes
    ----------
    previewed
        A clipping range is dragged; carries what it would do.
    range_chosen
        The range that a drag ended with, in real units.
    """

    previewed = Signal(object)
    range_chosen = Signal(float, float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state: HistogramState | None = None
        self._curve: Curve | None = None
        self._log = self._is_drawn = False
        self._covered, self._float, self._integer = band(), steps(fill=True), steps(fill=False)
        self._rug, self._outliers, self._before = segments(), points(), steps(fill=False)
        self._limits, self._handles = (upright_line(), upright_line()), Handles()
        layers = (self._covered, self._float, self._before, self._integer, self._rug)
        for layer, item in enumerate((*layers, self._outliers, *self._limits)):
            item.setZValue(layer)
            self.item.addItem(item)
        self._handles.add_to(self.item)
        self._handles.moved.connect(self._preview)
        self._handles.released.connect(self._choose)
        self.item.getAxis("left").setWidth(LEFT_AXIS)
        self.setMinimumHeight(84)
        self.resized.connect(self._fit)
        self.resized.connect(self._place_rug)

    def show_state(self, state: HistogramState | None, *, log: bool) -> None:
        """Draw another histogram, unless it says what is drawn; None draws nothing."""
        if self._is_drawn and log == self._log and alike(state, self._state):
            return
        self._is_drawn = True
        self._state, self._log = state, log
        self._curve = drawn_curve(state, log=log) if state is not None else None
        self._draw()

    @property
    def cut_note(self) -> str:
        """Which bin is higher than the axis; empty when none is."""
        return self._curve.cut if self._curve is not None else ""

    def paint_items(self) -> None:
        """Blue for float, amber for integer."""
        blue, amber = self.colours.float_, self.colours.integer
        self._float.setPen(pen(blue, 1.0))
        self._float.setBrush(brush(translucent(blue, 120)))
        self._integer.setPen(pen(amber, 1.4))
        self._rug.setPen(pen(translucent(amber, 190), 1.0))
        self._before.setPen(pen(self.colours.muted, 1.1))
        self._outliers.setBrush(brush(self.colours.suspect))
        self._covered.setBrush(brush(translucent(amber, 16 if self.colours.is_dark else 22)))
        for line in self._limits:
            line.setPen(pen(amber, 1.4, dashed=True))
        self._handles.set_colour(amber)

    def table(self) -> Table | None:
        """The figures of the plot."""
        return histogram_table(self._state) if self._state is not None else None

    def _draw(self) -> None:
        curve = self._curve
        has_curve = curve is not None and curve.edges.size > 1
        items = (self._float, self._integer, self._rug, self._covered, self._before)
        for item in (*items, self._outliers, *self._limits):
            item.setVisible(has_curve)
        self._handles.set_visible(shown=False)
        for side in ("left", "bottom"):
            self.item.getAxis(side).setVisible(has_curve)
        if curve is None or not has_curve:
            return
        self._fit()
        self._float.setData(curve.edges, curve.float_heights)
        self._show_integer(curve)
        self._show_before(curve)
        self._show_outliers(curve)
        self._show_limits()
        self.set_ticks("left", share_ticks(curve))
        self.set_ticks("bottom", x_ticks(float(curve.edges[0]), float(curve.edges[-1])))
        self._place_rug()

    def _fit(self) -> None:
        """The ends of the range are dragged by their marks, and no figure is cut in half."""
        curve = self._curve
        if curve is None or curve.edges.size < 2:
            return
        wide, high = self.room()
        ends = float(curve.edges[0]), float(curve.edges[-1])
        ticks = share_ticks(curve)
        above = (curve.top - ticks[-1][0]) / curve.top * high
        self.set_range(
            roomier(*ends, wide, before=MARK, behind=MARK),
            roomier(0.0, curve.top, high, behind=max(0.0, HALF_A_LINE - above)),
        )

    def _show_integer(self, curve: Curve) -> None:
        self._integer.setVisible(curve.integer_heights.size > 0)
        if curve.integer_heights.size:
            self._integer.setData(curve.edges, curve.integer_heights)

    def _show_before(self, curve: Curve) -> None:
        """The integers before the last change, as an outline behind those of now."""
        self._before.setVisible(curve.before_heights.size > 0)
        if curve.before_heights.size:
            self._before.setData(curve.before_edges, curve.before_heights)

    def _show_outliers(self, curve: Curve) -> None:
        """A dot just above the foot for each bin with outliers."""
        places = self._state.outliers if self._state is not None else ()
        self._outliers.setData(places, np.full(len(places), curve.top * 0.03))

    def _show_limits(self) -> None:
        limits = self._state.limits if self._state is not None else None
        movable = self._state is not None and self._state.ranges is not None
        self._handles.set_visible(shown=movable and limits is not None)
        self._covered.setVisible(limits is not None)
        for line in self._limits:
            line.setVisible(limits is not None and not movable)
        if limits is None or self._handles.is_dragged:
            return
        self._covered.setRegion(limits)
        for line, place in zip(self._limits, limits, strict=True):
            line.setPos(place)
        if movable and self._curve is not None:
            ends = float(self._curve.edges[0]), float(self._curve.edges[-1])
            self._handles.is_symmetric = self._state is not None and self._state.is_symmetric
            self._handles.place(limits, ends)

    def _preview(self, low: float, high: float) -> None:
        """Show what the dragged range would do."""
        state = self._state
        if state is None or state.ranges is None:
            return
        unit = 10.0**state.exponent
        preview = state.ranges.preview(low * unit, high * unit)
        self._is_drawn = False
        self._covered.setRegion((preview.low / unit, preview.high / unit))
        self.previewed.emit(preview)

    def _choose(self, low: float, high: float) -> None:
        unit = 10.0**self._state.exponent if self._state is not None else 1.0
        self.range_chosen.emit(low * unit, high * unit)

    def _place_rug(self) -> None:
        """Draw the levels where they can be told apart."""
        if self._state is None or self._curve is None or self._curve.edges.size < 2:
            return
        levels = drawn_levels(self._state, self.room()[0])
        self._rug.setVisible(levels.size > 0)
        if levels.size:
            heights = np.tile(np.array([0.0, self._curve.top * 0.045]), levels.size)
            self._rug.setData(_pairs(levels), heights)


def _pairs(levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every level twice: foot and head of its tick."""
    return np.repeat(levels, 2)
