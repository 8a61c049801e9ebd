"""A list of choices with explanations; hidden where nothing can be chosen."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.widgets.explained_box import explain


class ChoiceBox(QComboBox):
    """One of a few names.

    Parameters
    ----------
    titles
        Title and explanation by name.
    tip
        What is chosen here.

    Attributes
    ----------
    chosen
        The name that a person chose.
    """

    chosen = Signal(str)

    def __init__(
        self, titles: Mapping[str, tuple[str, str]], tip: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._titles = titles
        self._names: tuple[str, ...] = ()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        explain(self, tip)
        self.setAccessibleName(tip)
        self.activated.connect(lambda place: self.chosen.emit(self._names[place]))

    def offer(self, names: tuple[str, ...], current: str) -> None:
        """Offer these names; none hides the list."""
        if names != self._names:
            self._names = names
            self.clear()
            for place, name in enumerate(names):
                title, tip = self._titles[name]
                self.addItem(title)
                self.setItemData(place, plain_tip(tip), Qt.ItemDataRole.ToolTipRole)
        self.setVisible(bool(names))
        if current in names:
            self.setCurrentIndex(names.index(current))
