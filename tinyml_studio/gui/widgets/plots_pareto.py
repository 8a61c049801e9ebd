"""The chart of configurations: a dot for each, the best joined, the one in force ringed."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from tinyml_studio.gui.states.chart import Table
from tinyml_studio.gui.states.charts_of_panes import pareto_table
from tinyml_studio.gui.states.drawing import nice_step
from tinyml_studio.gui.states.pareto import (
    ParetoState,
    Point,
    cost_text,
    front,
    limits,
    merit_text,
    nearest,
    point_text,
)
from tinyml_studio.gui.theme import translucent
from tinyml_studio.gui.widgets.plots import Plot, brush, curve, pen, points

REACH = 14.0
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ParetoPlot(Plot):
    """Draws one `ParetoState`; arrows go from point to point, Enter adopts.

    Attributes
    ----------
    adopted
        The number of the configuration that was clicked.
    readout
        One line about the point under the pointer or the keyboard.
    """

    adopted = Signal(int)
    readout = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._state = ParetoState()
        self._chosen: int | None = None
        self._stairs, self._dots, self._ring = curve(), points(), points()
        for layer, item in enumerate((self._stairs, self._dots, self._ring)):
            item.setZValue(layer)
            self.box.addItem(item, ignoreBounds=True)
        self.item.getAxis("left").setWidth(58)
        self.item.showGrid(x=True, y=True, alpha=0.14)
        self.setMinimumHeight(110)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Configurations")
        self.resized.connect(self._draw)
        self.pressed.connect(self._press)
        self.hovered.connect(self._describe)

    def show_state(self, state: ParetoState) -> None:
        """Draw other points."""
        self._state, self._chosen = state, None
        self._draw()

    def paint_items(self) -> None:
        """Amber for what the integers do, blue for the one in force."""
        self._stairs.setPen(pen(self.colours.integer, 1.4))
        self._ring.setBrush(brush(None))
        self._draw()

    def table(self) -> Table | None:
        """The figures of the plot."""
        return pareto_table(self._state) if self._state.points else None

    def _draw(self) -> None:
        state, colours = self._state, self.colours
        costs, merits = [held.cost for held in state.points], [held.merit for held in state.points]
        across, up = limits(costs), limits(merits)
        self.set_range(across, up)
        self.set_ticks("bottom", _ticks(across, lambda value: cost_text(state.cost, value)))
        self.set_ticks("left", _ticks(up, lambda value: merit_text(state.merit, value)))
        stairs = front(state)
        self._stairs.setData([place[0] for place in stairs], [place[1] for place in stairs])
        strong, pale = brush(colours.integer), brush(translucent(colours.integer, 110))
        brushes = [strong if held.is_best else pale for held in state.points]
        self._dots.setData(costs, merits, size=9.0, brush=brushes, pen=pen(None))
        self._draw_rings()

    def _draw_rings(self) -> None:
        held = [point for point in self._state.points if point.is_current]
        kept = [point for point in self._state.points if point.number == self._chosen]
        pens = [pen(self.colours.accent, 2.4) for _ in held]
        pens += [pen(self.colours.text, 1.4) for _ in kept]
        shown = [*held, *kept]
        self._ring.setData(
            [point.cost for point in shown], [point.merit for point in shown], size=17.0, pen=pens
        )

    def _under(self, x: float, y: float) -> Point | None:
        if math.isnan(x):
            return None
        across, up = self.box.viewPixelSize()
        return nearest(self._state, (x, y), (across, up), REACH)

    def _press(self, x: float, y: float) -> None:
        point = self._under(x, y)
        if point is not None and not point.is_current:
            self.adopted.emit(point.number)

    def _describe(self, x: float, y: float) -> None:
        point = self._under(x, y)
        self.readout.emit("" if point is None else point_text(self._state, point))

    # Qt's interface

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows choose a point, Enter adopts it."""
        ordered = sorted(self._state.points, key=lambda point: (point.cost, point.merit))
        numbers = [point.number for point in ordered]
        step = STEPS.get(Qt.Key(event.key()))
        if step is not None and numbers:
            known = self._chosen in numbers
            place = numbers.index(self._chosen) + step if known and self._chosen is not None else 0
            point = ordered[min(max(place, 0), len(ordered) - 1)]
            self._chosen = point.number
            self._draw_rings()
            self.readout.emit(point_text(self._state, point))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._chosen is not None:
            self.adopted.emit(self._chosen)
        else:
            super().keyPressEvent(event)


def _ticks(ends: tuple[float, float], text: Callable[[float], str]) -> list[tuple[float, str]]:
    """Labels of an axis of figures with units."""
    step = nice_step(ends[1] - ends[0], 4)
    first, last = math.ceil(ends[0] / step), math.floor(ends[1] / step)
    return [(place * step, text(place * step)) for place in range(first, last + 1) if place >= 0]
