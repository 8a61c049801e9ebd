"""A page: the output of one layer, integers beside float, as tiles or as a table."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.layer_look import LayerLook
from tinyml_studio.gui.theme import Colours, figure_font, scaled_font
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.tiles import Tiles

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
HEADINGS = ("Place", "Integer", "stands for", "Float")


class LayerPage(QWidget):
    """Told a `LayerLook`; tells which layer is wanted.

    Attributes
    ----------
    stepped
        To the layer before (−1) or the next one (+1).
    header
        The layer's name with its buttons, to be put above the page.
    """

    stepped = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = LayerLook()
        self.earlier = step_button("‹", "The layer before", lambda: self.stepped.emit(-1))
        self.later = step_button("›", "The next layer", lambda: self.stepped.emit(1))
        self._name = ElidedLabel()
        self._name.setFont(scaled_font(self.font(), 1.0, bold=True))
        self._readout = ElidedLabel(name="muted")
        self.legend = Legend((("integers", "integer"), ("float", "float_")))
        self.integers, self.floats = Tiles("integer"), Tiles("float_")
        self.table = self._make_table()
        for tiles in (self.integers, self.floats):
            tiles.pointed.connect(self._describe)
        self._arrange()

    def _make_table(self) -> QTreeWidget:
        made = QTreeWidget()
        made.setHeaderLabels(list(HEADINGS))
        made.setRootIsDecorated(False)
        made.setUniformRowHeights(True)
        made.setFont(figure_font(self.font()))
        made.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            made.headerItem().setTextAlignment(column, RIGHT)
        return made

    def _arrange(self) -> None:
        pictures = QWidget()
        pair = QHBoxLayout(pictures)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(14)
        pair.addWidget(self.integers, 1)
        pair.addWidget(self.floats, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(pictures)
        self._pages.addWidget(self.table)
        self.header = QWidget()
        top, foot = QHBoxLayout(self.header), QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(3)
        for part in (self.earlier, self.later):
            top.addWidget(part)
        top.addSpacing(6)
        top.addWidget(self._name, 1)
        foot.addWidget(self.legend)
        foot.addSpacing(10)
        foot.addWidget(self._readout, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._pages, 1)
        layout.addLayout(foot)

    def show_look(self, look: LayerLook) -> None:
        """Show another layer."""
        self._look = look
        self._name.set_text(look.name)
        self._readout.set_text(self._about())
        if look.mosaic is not None:
            stretches = look.mosaic.stretches
            self.integers.show_pixels(look.mosaic.integers, stretches=stretches)
            self.floats.show_pixels(look.mosaic.floats, stretches=stretches)
            self._pages.setCurrentIndex(0)
            return
        self._pages.setCurrentIndex(1)
        self.table.clear()
        for row in look.rows:
            item = QTreeWidgetItem(list(row))
            for column in (1, 2, 3):
                item.setTextAlignment(column, RIGHT)
            self.table.addTopLevelItem(item)

    def _about(self) -> str:
        return " · ".join(filter(None, (self._look.facts, self._look.note)))

    def texts(self) -> tuple[str, str]:
        """Name and readout."""
        return self._name.text(), self._readout.text()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self.legend.set_colours(colours)
        self.integers.set_colours(colours)
        self.floats.set_colours(colours)

    def _describe(self, x: float, y: float) -> None:
        text = "" if math.isnan(x) else self._look.about(x, y)
        self._readout.set_text(text or self._about())


def step_button(text: str, tip: str, action: Callable[[], None]) -> QToolButton:
    """A small button beside a number or a name."""
    button = QToolButton()
    button.setText(text)
    button.setObjectName("toggle")
    button.setToolTip(tip)
    button.clicked.connect(lambda _=False: action())
    return button
