"""A read-only text in colours; only the lines on screen are coloured, so that any size opens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor, QTextLayout
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tinyml_studio.gui.states.code import CodeState, Ink, Replacement, spans
from tinyml_studio.gui.theme import DARK, Colours, scaled_font

LINES_AT_ONCE = 2000
"""Lines that are written within some milliseconds."""
MOST_REPLACED = 6000
"""Lines of an edit that are replaced within a moment, instead of writing the text anew."""


class CodeText(QPlainTextEdit):
    """Shows the text of a `CodeState`; of a very long one the rest follows bit by bit.

    Attributes
    ----------
    state
        What is shown.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = CodeState()
        self._inks: dict[Ink, QTextCharFormat] = {}
        self._painted: set[int] = set()
        self._is_colouring = False
        self._rest = ""
        self._wanted: tuple[int, int] | None = None
        self._more = QTimer(self)
        self._more.setInterval(1)
        self._more.timeout.connect(self._append)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self.font().pointSizeF())
        self.setFont(scaled_font(fixed, 0.95))
        self.setAccessibleName("C header")
        self.updateRequest.connect(lambda *_: self._colour_visible())
        self.set_colours(DARK)

    def show_state(self, state: CodeState) -> None:
        """Show another text, by the lines that differ where they are known.

        What is read stays where it was, and so does what is selected.
        """
        bar, since = self.verticalScrollBar(), state.since
        is_short = since is not None and since.lines <= MOST_REPLACED and not self._rest
        if since is not None and is_short and since.text is self.state.text:
            place = bar.value() + self._replace(since.replacements, bar.value())
            self.state = state
            bar.setValue(place)
        else:
            self._wanted = self._wanted or (bar.value(), self.textCursor().blockNumber())
            self.state = state
            first, self._rest = _cut(state.shown)
            self.setPlainText(first)
            self._more.start()
            self._reach()
        self._painted.clear()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        names = {
            Ink.COMMENT: colours.muted,
            Ink.DIRECTIVE: colours.suspect_text,
            Ink.KEYWORD: colours.accent,
            Ink.TYPE: colours.good_text,
            Ink.NUMBER: colours.integer_text,
            Ink.TEXT: colours.good_text,
        }
        for ink, name in names.items():
            self._inks[ink] = QTextCharFormat()
            self._inks[ink].setForeground(QColor(name))
        self._painted.clear()
        self.viewport().update()

    def go_to(self, line: int) -> None:
        """Bring a line to the top."""
        self._wanted = (line, line)
        self._reach()

    def _append(self) -> None:
        """Write some more of a long text."""
        if not self._rest:
            self._more.stop()
            return
        piece, self._rest = _cut(self._rest)
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        self._painted.clear()
        self._reach()

    def _reach(self) -> None:
        """Go where it is to be read, as soon as that is written."""
        if self._wanted is None:
            return
        place, line = self._wanted
        if line < self.blockCount():
            self.setTextCursor(QTextCursor(self.document().findBlockByNumber(line)))
        self.verticalScrollBar().setValue(place)
        if self.verticalScrollBar().value() == place or not self._rest:
            self._wanted = None

    def _replace(self, replacements: Sequence[Replacement], place: int) -> int:
        """Replace lines, the last first; by how many the line at `place` moved down."""
        moved = 0
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for held in reversed(replacements):
            cursor.setPosition(self._position(held.first))
            cursor.setPosition(self._position(held.last), QTextCursor.MoveMode.KeepAnchor)
            cursor.insertText(held.text)
            if held.last <= place:
                moved += held.text.count("\n") - (held.last - held.first)
        cursor.endEditBlock()
        return moved

    def _position(self, line: int) -> int:
        """Where a line begins."""
        return self.document().findBlockByNumber(line).position()

    def _colour_visible(self) -> None:
        """Colour the lines on screen that are not coloured yet.

        A line with other colours asks for another update at once: that one finds nothing to do.
        """
        if self._is_colouring:
            return
        self._is_colouring = True
        block = self.firstVisibleBlock()
        left = self.viewport().height() // max(self.fontMetrics().height(), 1) + 2
        while block.isValid() and left > 0:
            line = block.blockNumber()
            if line not in self._painted:
                self._painted.add(line)
                pieces = spans(block.text(), in_comment=line in self.state.in_comment)
                block.layout().setFormats([self._piece(*piece) for piece in pieces])
                self.document().markContentsDirty(block.position(), block.length())
            block, left = block.next(), left - 1
        self._is_colouring = False

    def _piece(self, start: int, length: int, ink: Ink) -> QTextLayout.FormatRange:
        piece = QTextLayout.FormatRange()
        piece.start, piece.length, piece.format = start, length, self._inks[ink]
        return piece


def _cut(text: str) -> tuple[str, str]:
    """The first lines, as many as are written at once, and the rest."""
    place = -1
    for _ in range(LINES_AT_ONCE):
        place = text.find("\n", place + 1)
        if place < 0:
            return text, ""
    return text[: place + 1], text[place + 1 :]
