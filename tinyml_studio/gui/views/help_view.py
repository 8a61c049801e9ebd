"""Short help pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QTextTable
from PySide6.QtWidgets import QComboBox, QTextBrowser, QVBoxLayout, QWidget

from tinyml_studio.gui.theme import DARK, Colours
from tinyml_studio.gui.widgets.panel import Panel


class HelpView(Panel):
    """Shows one of the bundled pages, which are Markdown.

    Attributes
    ----------
    page_chosen
        The file of the page that was chosen.
    """

    page_chosen = Signal(object)

    def __init__(self, pages: Sequence[tuple[str, Path]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = DARK.line
        self.box = QComboBox()
        self.box.setToolTip("Pages of the manual")
        self.box.setAccessibleName("Pages of the manual")
        for title, path in pages:
            self.box.addItem(title, path)
        self.browser = QTextBrowser()
        self.browser.setOpenLinks(False)
        self.browser.document().setDocumentMargin(8)
        self.box.currentIndexChanged.connect(self._show)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 9, 6, 6)
        layout.addWidget(self.box)
        layout.addWidget(self.browser, 1)
        self._show(0)

    def show_page(self, title: str) -> None:
        """Show the page of that title."""
        self.box.setCurrentText(title)

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme; the page is laid out again."""
        self._line = colours.line
        self._show(self.box.currentIndex())

    def _show(self, place: int) -> None:
        path = self.box.itemData(place)
        if isinstance(path, Path):
            text = path.read_text(encoding="utf-8")
            self.browser.setMarkdown(text.split("\n", 1)[-1])
            self._quieten_tables()
            self.page_chosen.emit(path)

    def _quieten_tables(self) -> None:
        """Give tables the theme's lines; Markdown gives them those of the text."""
        for frame in self.browser.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                form = frame.format().toTableFormat()
                form.setBorderBrush(QColor(self._line))
                form.setCellPadding(4)
                frame.setFormat(form)
