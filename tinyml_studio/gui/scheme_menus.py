"""Menus of choices for the whole network: presets of bits, and the arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from tinyml_studio.gui.states.choices import ARITHMETICS, PRESETS
from tinyml_studio.gui.states.text import plain_tip

if TYPE_CHECKING:
    from tinyml_studio.gui.workspace import Workspace


class SchemeMenus(QObject):
    """Both menus; they are enabled as long as something is open.

    Attributes
    ----------
    presets, arithmetics
        The menus.
    """

    def __init__(self, window: QWidget, workspace: Workspace) -> None:
        super().__init__(window)
        self._workspace = workspace
        self.presets, self.arithmetics = QMenu("Presets", window), QMenu("Arithmetic", window)
        for menu in (self.presets, self.arithmetics):
            menu.setToolTipsVisible(True)
            menu.setEnabled(False)
        for name, (title, tip) in PRESETS.items():
            action = self.presets.addAction(title)
            action.setToolTip(plain_tip(tip))
            action.triggered.connect(lambda _=False, name=name: workspace.edits.set_preset(name))
        group = QActionGroup(self.arithmetics)
        for name, (title, tip) in ARITHMETICS.items():
            action = self.arithmetics.addAction(f"{title} ({name})")
            action.setToolTip(plain_tip(tip))
            action.setCheckable(True)
            action.setData(name)
            action.triggered.connect(
                lambda _=False, name=name: workspace.edits.set_arithmetic(name)
            )
            group.addAction(action)
        self.arithmetics.aboutToShow.connect(self.mark)
        workspace.changed.connect(lambda _: self.mark())
        workspace.refused.connect(lambda _: self.mark())
        workspace.opened.connect(self._begin)

    def mark(self) -> None:
        """Check the arithmetic in force."""
        studio = self._workspace.studio
        for action in self.arithmetics.actions():
            action.setChecked(studio is not None and action.data() == studio.document.arithmetic)

    def _begin(self) -> None:
        for menu in (self.presets, self.arithmetics):
            menu.setEnabled(True)
        self.mark()
