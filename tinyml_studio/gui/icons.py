"""Icons: drawn in one colour, tinted for the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from tinyml_studio.gui.theme import Colours
from tinyml_studio.paths import resource

SIZES = (16, 20, 32, 40)


def icon(name: str, colours: Colours) -> QIcon:
    """The icon of that name below `resources/icons/`, with a paler picture for disabled."""
    text = resource("icons", f"{name}.svg").read_text(encoding="utf-8")
    made = QIcon()
    for mode, colour in (
        (QIcon.Mode.Normal, colours.text),
        (QIcon.Mode.Disabled, colours.line),
    ):
        for size in SIZES:
            made.addPixmap(pixmap(text, colour, size), mode)
    return made


def pixmap(svg: str, colour: str, size: int) -> QPixmap:
    """A drawing whose ``currentColor`` is `colour`, on `size` × `size` pixels."""
    renderer = QSvgRenderer(QByteArray(svg.replace("currentColor", colour).encode()))
    picture = QPixmap(QSize(size, size))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter)
    painter.end()
    return picture


def window_icon(accent: str) -> QIcon:
    """The program's own icon."""
    text = resource("icons", "window.svg").read_text(encoding="utf-8")
    made = QIcon()
    for size in (16, 32, 64, 128):
        made.addPixmap(pixmap(text, accent, size))
    return made
