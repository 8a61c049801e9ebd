"""Lists whose tooltip explains what is chosen, not only what can be."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from tinyml_studio.gui.states.text import plain_tip


def explain(box: QComboBox, about: str) -> None:
    """Give a list the tooltip `about`, followed by that of the item in force."""

    def tell() -> None:
        own = box.currentData(Qt.ItemDataRole.ToolTipRole) or ""
        box.setToolTip(f"{plain_tip(about)}{own}")

    box.currentIndexChanged.connect(tell)
    model = box.model()
    model.dataChanged.connect(tell)
    tell()
