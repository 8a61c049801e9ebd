"""The help pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tinyml_studio.gui.pane import Pane, Place
from tinyml_studio.gui.states.help_pages import help_pages
from tinyml_studio.gui.views.help_view import HelpView

if TYPE_CHECKING:
    from tinyml_studio.gui.desk import Desk


class HelpPane(Pane):
    """Shows one of the bundled pages."""

    name, title, place = "help", "Help", Place.RIGHT
    starts_open = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.view = self.adopt(HelpView(help_pages()))
        desk.page_asked.connect(self._show_page)

    def _show_page(self, title: str) -> None:
        self.view.show_page(title)
        self.desk.pane_asked.emit(self.name)
