"""The network as a diagram, each layer coloured by its error or by what it takes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from tinyml_studio.gui.states.network import SHOWN_TIPS, NetworkState, Shown
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import Colours
from tinyml_studio.gui.widgets.explained_box import explain
from tinyml_studio.gui.widgets.labels import plain_label
from tinyml_studio.gui.widgets.legend import Legend
from tinyml_studio.gui.widgets.network_scene import NetworkCanvas
from tinyml_studio.gui.widgets.panel import Panel

BUTTONS = (
    ("−", 1 / 1.3, "Smaller; the wheel does the same"),
    ("+", 1.3, "Larger; the wheel does the same"),
)


class GraphView(Panel):
    """Told a `NetworkState`; tells which layer was clicked.

    Attributes
    ----------
    layer_chosen
        The true name of a layer.
    shown_chosen
        What the boxes are to be coloured by, as a `Shown`.
    """

    layer_chosen = Signal(str)
    shown_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = NetworkCanvas()
        self.canvas.layer_pressed.connect(self.layer_chosen)
        self.shown_box = self._make_shown_box()
        self.legend = Legend((("60", "good"), ("10", "integer"), ("▾ less", "suspect")))
        self.loads = Legend((("little", "line"), ("the most", "text")))
        self.loads.hide()
        self._hint = plain_label(name="muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        top = QHBoxLayout()
        top.addWidget(self.shown_box)
        top.addSpacing(6)
        top.addWidget(self.legend)
        top.addWidget(self.loads)
        top.addStretch(1)
        for text, factor, tip in BUTTONS:
            top.addWidget(
                self._button(text, tip, lambda _=False, factor=factor: self.canvas.zoom(factor))
            )
        self.fit_button = self._button(
            "Fit", "Show the whole network", lambda _=False: self.canvas.fit()
        )
        top.addWidget(self.fit_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 7, 8, 8)
        layout.addLayout(top)
        layout.addWidget(self._hint, 1)
        layout.addWidget(self.canvas, 1)

    def show_state(self, state: NetworkState) -> None:
        """Show other figures or another network."""
        self._hint.setText(state.hint)
        self._hint.setVisible(bool(state.hint))
        self.canvas.setVisible(not state.hint)
        self.shown_box.setCurrentText(state.shown.value)
        self.legend.setVisible(state.shown.is_error)
        self.loads.setVisible(not state.shown.is_error)
        self.canvas.show_state(state)

    def choose(self, key: str) -> None:
        """Mark a layer."""
        self.canvas.choose(key)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        for legend in (self.legend, self.loads):
            legend.set_colours(colours)
        self.canvas.set_colours(colours)

    def _make_shown_box(self) -> QComboBox:
        made = QComboBox()
        for shown in Shown:
            made.addItem(shown.value)
            tip = plain_tip(SHOWN_TIPS[shown])
            made.setItemData(made.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        explain(made, "What the layers are coloured by")
        made.setAccessibleName("Colour of the layers")
        made.activated.connect(lambda place: self.shown_chosen.emit(tuple(Shown)[place]))
        return made

    @staticmethod
    def _button(text: str, tip: str, action: Callable[..., None]) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setObjectName("toggle")
        button.setToolTip(tip)
        button.clicked.connect(action)
        return button
