"""Menus, tool bar and shortcuts from the table of actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from tinyml_studio.app.actions import ACTIONS, MENUS, Action
from tinyml_studio.gui.icons import icon
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import Colours

if TYPE_CHECKING:
    from tinyml_studio.app.studio import Studio

ICONS: Mapping[str, str] = {
    "file.open": "open",
    "file.save": "save",
    "file.data": "data",
    "file.export": "export",
    "edit.undo": "undo",
    "edit.redo": "redo",
    "run.evaluate": "evaluate",
    "run.verify": "verify",
}
TOOL_BAR = (
    ("file.open", "file.save"),
    ("edit.undo", "edit.redo"),
    ("file.data", "run.evaluate", "run.verify"),
    ("file.export",),
)
SHORT_TITLES: Mapping[str, str] = {"file.data": "Calibrate", "file.export": "Export header"}


class ActionBinding(QObject):
    """One `QAction` per row of the table, wherever it appears.

    Parameters
    ----------
    callbacks
        What to do, by the action's id. A row without a callback does not appear.
    submenus
        Menus to put in the place of a row, by its id.
    """

    def __init__(
        self,
        window: QMainWindow,
        callbacks: Mapping[str, Callable[[], None]],
        submenus: Mapping[str, QMenu],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._submenus = submenus
        self.rows = {row.id: row for row in ACTIONS if row.id in callbacks or row.id in submenus}
        self.actions = {
            row.id: self._made(row, callbacks[row.id])
            for row in self.rows.values()
            if row.id in callbacks
        }
        self.menus = {title: window.menuBar().addMenu(f"&{title}") for title in MENUS}
        for title, menu in self.menus.items():
            self._fill_menu(title, menu)

    def make_tool_bar(self) -> QToolBar:
        """The tool bar, with words beside the pictures."""
        bar = QToolBar("Tool bar", self._window)
        bar.setObjectName("toolBar")
        bar.setMovable(False)
        bar.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        bar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        for place, group in enumerate(TOOL_BAR):
            if place:
                bar.addSeparator()
            for name in group:
                if name in self.actions:
                    bar.addAction(self.actions[name])
        if SEARCH in self.actions:
            room = QWidget()
            room.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            bar.addWidget(room)
            bar.addWidget(self._search_button())
        return bar

    def _search_button(self) -> QToolButton:
        """What leads to every action: a person who knows this one finds all others."""
        action, button = self.actions[SEARCH], QToolButton()
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        button.setText(f"Search  {key}")
        button.setToolTip(action.toolTip())
        button.setObjectName("search")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(action.trigger)
        return button

    def refresh(self, studio: Studio | None, *, busy: bool) -> None:
        """Enable what is possible; while a job runs nothing that would wait behind it."""
        for name, action in self.actions.items():
            waits = busy and name in WAITING
            action.setEnabled(self.rows[name].enabled_when(studio) and not waits)
        for name, step in (
            ("edit.undo", studio.undo_name if studio else None),
            ("edit.redo", studio.redo_name if studio else None),
        ):
            if name in self.actions:
                self._tip(name, step or "")

    def set_colours(self, colours: Colours) -> None:
        """Draw the icons in another colour."""
        for name, picture in ICONS.items():
            if name in self.actions:
                self.actions[name].setIcon(icon(picture, colours))

    def _made(self, row: Action, callback: Callable[[], None]) -> QAction:
        action = QAction(row.title, self._window)
        action.setIconText(SHORT_TITLES.get(row.id, row.title.rstrip("…")))
        if row.shortcut:
            keys = (row.shortcut, row.other_shortcut) if row.other_shortcut else (row.shortcut,)
            portable = QKeySequence.SequenceFormat.PortableText
            action.setShortcuts([QKeySequence(held, portable) for held in keys])
        action.triggered.connect(lambda _=False: callback())
        action.setObjectName(row.id)
        self._describe(action, row, "")
        return action

    def _tip(self, name: str, step: str) -> None:
        self._describe(self.actions[name], self.rows[name], step)

    def _describe(self, action: QAction, row: Action, step: str) -> None:
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        text = row.tooltip + (f"\n{step}" if step else "") + (f"\n{key}" if key else "")
        action.setToolTip(plain_tip(text))
        action.setStatusTip("")

    def _fill_menu(self, title: str, menu: QMenu) -> None:
        rows = [row for row in self.rows.values() if row.menu == title]
        for place, (_, group) in enumerate(groupby(rows, key=lambda row: row.group)):
            if place:
                menu.addSeparator()
            for row in group:
                if row.id in self._submenus:
                    menu.addMenu(self._submenus[row.id])
                else:
                    menu.addAction(self.actions[row.id])


SEARCH = "view.palette"
WAITING = frozenset(
    {"file.save", "file.save_as", "file.export", "run.evaluate", "run.verify", "file.data"}
)
