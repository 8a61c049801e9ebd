"""A gauge: name, change since the baseline and value; a bar, and the limit to edit."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from tinyml_studio.gui.states.budget import TITLES, UNKNOWN, Gauge, Quantity
from tinyml_studio.gui.states.text import plain_tip
from tinyml_studio.gui.theme import DARK, Colours, figure_font, scaled_font, translucent
from tinyml_studio.gui.widgets.labels import ElidedLabel, plain_label

THICK = 6
WIDEST_LIMIT = "of 99.9 MB"


class GaugeBar(QWidget):
    """The bar: how much of the limit is used, or a share with the limit as a mark."""

    def __init__(self) -> None:
        super().__init__()
        self._gauge: Gauge | None = None
        self._colours = DARK
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_gauge(self, gauge: Gauge, colours: Colours) -> None:
        """Draw another figure."""
        self._gauge, self._colours = gauge, colours
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """A thin line with room for the mark."""
        return QSize(60, THICK + 6)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Track, bar, mark."""
        gauge, colours = self._gauge, self._colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        track = QRectF(0, 3, self.width(), THICK)
        painter.setBrush(translucent(colours.muted, 46))
        painter.drawRoundedRect(track, THICK / 2, THICK / 2)
        if gauge is not None and gauge.share is not None:
            bar = QRectF(track)
            bar.setWidth(max(min(gauge.share, 1.0) * track.width(), float(THICK)))
            painter.setBrush(bar_colour(gauge, colours))
            painter.drawRoundedRect(bar, THICK / 2, THICK / 2)
        if gauge is not None and gauge.mark is not None:
            x = min(gauge.mark, 1.0) * (self.width() - 2)
            painter.fillRect(QRectF(x, 0, 2, THICK + 6), QColor(colours.text))
        painter.end()


def bar_colour(gauge: Gauge, colours: Colours) -> QColor:
    """Red beyond the limit, amber near it, teal else; pale when the figure is old."""
    tone = colours.suspect if gauge.verdict else colours.integer if gauge.is_near else colours.good
    return translucent(tone, 110) if gauge.is_old else QColor(tone)


class GaugeRow(QWidget):
    """One gauge.

    Attributes
    ----------
    limit_typed
        The quantity, and the text of a new limit.
    """

    limit_typed = Signal(object, str)

    def __init__(self, quantity: Quantity) -> None:
        super().__init__()
        self.quantity = quantity
        self._gauge: Gauge | None = None
        self._colours = DARK
        self.title = plain_label(TITLES[quantity])
        self.value = plain_label()
        self.value.setFont(scaled_font(figure_font(self.font()), 1.0, bold=True))
        self.bar = GaugeBar()
        self.limit = QLineEdit()
        self.limit.setObjectName("limit")
        self.limit.setFrame(False)
        self.limit.setAccessibleName(f"Limit for {TITLES[quantity]}")
        self.limit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.limit.setFixedWidth(self.fontMetrics().horizontalAdvance(WIDEST_LIMIT) + 8)
        self.limit.editingFinished.connect(self._tell)
        self.note = ElidedLabel()
        self.note.setFont(figure_font(self.font()))
        first, last = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(7)
        first.setContentsMargins(0, 0, 3, 0)  # the limit below has the frame of its line
        first.addWidget(self.title, 1)
        first.addWidget(self.note)
        first.addWidget(self.value)
        last.setSpacing(5)
        last.addWidget(self.bar, 1)
        last.addWidget(self.limit)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(first)
        layout.addLayout(last)
        self._heading, self._below = first, layout

    def show_gauge(self, gauge: Gauge) -> None:
        """Show another figure; what stays the same is not touched."""
        if gauge == self._gauge and not self.limit.isModified():
            return
        self._gauge = gauge
        self.value.setText(gauge.value)
        if not self.limit.hasFocus() or not self.limit.isModified():
            self.limit.setText(f"of {gauge.limit}" if gauge.limit else "")
            self.limit.setCursorPosition(0)
            self.limit.setModified(False)
        self.limit.setPlaceholderText(gauge.hint)
        self.limit.setToolTip(plain_tip(gauge.limit_tip))
        self.note.set_text(gauge.verdict or gauge.change)
        self._place_note()
        for part in (self.title, self.value, self.bar):
            part.setToolTip(plain_tip(gauge.tip))
        self._paint()

    def _place_note(self) -> None:
        """Beside the value, or on a line of its own where that would cut it."""
        margins = self._heading.contentsMargins()
        taken = self.title.sizeHint().width() + self.value.sizeHint().width()
        gaps = 2 * self._heading.spacing() + margins.left() + margins.right()
        is_below = self.note.sizeHint().width() > self.width() - taken - gaps
        if is_below != (self._below.indexOf(self.note) >= 0):
            if is_below:
                self._below.addWidget(self.note)
            else:
                self._heading.insertWidget(1, self.note)

    # Qt's interface

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Another width has room for the note or not."""
        super().resizeEvent(event)
        self._place_note()

    def set_colours(self, colours: Colours) -> None:
        """Take over another theme."""
        self._colours = colours
        self._paint()

    def reject(self) -> None:
        """The limit that was typed is none: show the one in force."""
        self.limit.setModified(False)
        gauge, self._gauge = self._gauge, None
        if gauge is not None:
            self.show_gauge(gauge)

    def _paint(self) -> None:
        gauge, colours = self._gauge, self._colours
        if gauge is None:
            return
        self.bar.show_gauge(gauge, colours)
        tones = {True: colours.good_text, False: colours.suspect_text, None: colours.muted}
        tone = colours.suspect_text if gauge.verdict else tones[gauge.is_better]
        for label, ink in ((self.note, tone), (self.value, value_ink(gauge, colours))):
            palette = label.palette()
            if palette.color(label.foregroundRole()) != QColor(ink):
                palette.setColor(label.foregroundRole(), QColor(ink))
                label.setPalette(palette)

    def _tell(self) -> None:
        if self.limit.isModified():
            self.limit.setModified(False)
            self.limit_typed.emit(self.quantity, self.limit.text().removeprefix("of "))


def value_ink(gauge: Gauge, colours: Colours) -> str:
    """Quiet for what is old or not known."""
    is_quiet = gauge.is_old or gauge.value == UNKNOWN
    return colours.muted if is_quiet else colours.text
