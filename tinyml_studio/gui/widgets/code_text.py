"""A read-only text in colours; only the lines on screen are coloured, so that any size opens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor, QFontDatabase, QTextCharFormat, QTextCursor, QTextLayout
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from tinyml_studio.gui.states.code import CodeState, Ink, Replacement, spans
from tinyml_studio.gui.theme import DARK, Colours, scaled_font


class CodeText(QPlainTextEdit):
    """Shows the text of a `CodeState`.

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
        place, since = self.verticalScrollBar().value(), state.since
        if since is not None and since.text is self.state.text:
            place += self._replace(since.replacements, place)
        else:
            self.setPlainText(state.shown)
        self.state = state
        self._painted.clear()
        self.verticalScrollBar().setValue(place)

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
        block = self.document().findBlockByNumber(line)
        self.setTextCursor(QTextCursor(block))
        self.verticalScrollBar().setValue(line)

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
