"""Menus that are not rows of the table: recent files, panes, theme, help pages."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QDockWidget, QMainWindow, QMenu

from tinyml_studio.gui.dialogs.palette import keep_out
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.states.help_pages import help_pages
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.theme import Theme, ThemeChoice

THEME_TITLES = {
    ThemeChoice.SYSTEM: "Follow the System",
    ThemeChoice.LIGHT: "Light",
    ThemeChoice.DARK: "Dark",
}


MOST_KEYS = 9


class ViewMenu(QObject):
    """Adds to the menus what depends on the moment.

    Attributes
    ----------
    recent_chosen
        The path of a recent file.
    page_chosen
        The title of a help page.
    pane_chosen
        The name of a pane that is to come to the front.
    """

    recent_chosen = Signal(object)
    page_chosen = Signal(str)
    pane_chosen = Signal(str)

    def __init__(
        self,
        window: QMainWindow,
        menus: Mapping[str, QMenu],
        docks: Mapping[str, QDockWidget],
        panes: Mapping[str, str],
        theme: Theme,
        settings: WindowSettings,
    ) -> None:
        super().__init__(window)
        self._theme, self._settings = theme, settings
        self._add_recent(menus["File"])
        self._add_panes(menus["View"], panes)
        self._add_view(menus["View"], docks)
        self._add_help(menus["Help"])

    def _add_recent(self, menu: QMenu) -> None:
        self.recent = QMenu("Open Recent", menu)
        actions = menu.actions()
        before = next((action for action in actions if action.isSeparator()), None)
        if before is not None:
            menu.insertMenu(before, self.recent)
        self.recent.aboutToShow.connect(self._fill_recent)

    def _fill_recent(self) -> None:
        self.recent.clear()
        for path in self._settings.recent:
            action = self.recent.addAction(clean(path.name, limit=60).replace("&", "&&"))
            action.triggered.connect(lambda _=False, path=path: self.recent_chosen.emit(path))
        if not self._settings.recent:
            self.recent.addAction("No files yet").setEnabled(False)
        else:
            self.recent.addSeparator()
            self.recent.addAction("Forget All").triggered.connect(self._settings.forget_recent)

    def _add_panes(self, menu: QMenu, panes: Mapping[str, str]) -> None:
        """Every pane by its title: choosing one brings it to the front, wherever it is."""
        shown = QMenu("Go To", menu)
        menu.insertMenu(menu.actions()[0], shown)
        for place, (name, title) in enumerate(panes.items(), 1):
            action = shown.addAction(title)
            action.triggered.connect(lambda _=False, name=name: self.pane_chosen.emit(name))
            if place <= MOST_KEYS:
                action.setShortcut(f"Ctrl+{place}")

    def _add_view(self, menu: QMenu, docks: Mapping[str, QDockWidget]) -> None:
        first = menu.actions()[1]
        visible = QMenu("Panes", menu)
        keep_out(visible)  # "Go To" lists the same panes, and brings each to the front
        visible.addActions([dock.toggleViewAction() for dock in docks.values()])
        menu.insertMenu(first, visible)
        themes = QMenu("Theme", menu)
        group = QActionGroup(themes)
        for choice, title in THEME_TITLES.items():
            action = themes.addAction(title)
            action.setCheckable(True)
            action.setChecked(choice is self._theme.choice)
            action.triggered.connect(lambda _=False, choice=choice: self._choose_theme(choice))
            group.addAction(action)
            themes.aboutToShow.connect(
                lambda choice=choice, action=action: action.setChecked(choice is self._theme.choice)
            )
        menu.insertSeparator(first)
        menu.insertMenu(first, themes)

    def _choose_theme(self, choice: ThemeChoice) -> None:
        self._settings.theme = choice
        self._theme.choose(choice)

    def _add_help(self, menu: QMenu) -> None:
        first = menu.actions()[0]
        for place, (title, _) in enumerate(help_pages()):
            action = menu.addAction(title)
            menu.insertAction(first, action)
            action.triggered.connect(lambda _=False, title=title: self.page_chosen.emit(title))
            if place == 0:
                action.setShortcut("F1")
        menu.insertSeparator(first)
