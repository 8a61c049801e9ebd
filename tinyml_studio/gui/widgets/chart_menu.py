"""The context menu of a chart: save it as a picture or as figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.errors import ExportError
from tinyml_studio.gui.states.chart import Table, csv_bytes, file_name

SHARPNESS = 2
KINDS = {".png": "Picture (PNG)", ".svg": "Drawing (SVG)", ".csv": "Figures (CSV)"}


class ChartMenu(QObject):
    """Offers the export of what a graphics view shows.

    Parameters
    ----------
    view
        A `QGraphicsView`, or a plot of pyqtgraph, which is one.
    table
        Its figures; None when there are none.
    """

    def __init__(self, view: Any, table: Callable[[], Table | None], parent: QObject) -> None:  # noqa: ANN401 - pyqtgraph has no types
        super().__init__(parent)
        self._view, self._table = view, table
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._open)

    def menu(self) -> QMenu:
        """Save as each kind."""
        menu = QMenu(self._view)
        table = self._table()
        for suffix, title in KINDS.items():
            action = menu.addAction(f"Save as {title}…")
            action.setEnabled(table is not None)
            action.triggered.connect(lambda _=False, suffix=suffix: self._ask(suffix))
        return menu

    def save(self, path: Path) -> None:
        """Write the chart in the form that the file's name says.

        Raises
        ------
        ExportError
            If it cannot be written.
        """
        table = self._table()
        if table is None:
            raise ExportError("There is nothing in the chart yet")
        suffix = path.suffix.lower()
        if suffix == ".csv":
            data = csv_bytes(table)
        else:
            data = svg_bytes(self._view) if suffix == ".svg" else png_bytes(self._view)
        write_atomically(path, data, error=ExportError)

    def _ask(self, suffix: str) -> None:
        table = self._table()
        if table is None:
            return
        path = ask_chart(self._view.window(), file_name(table, suffix), suffix)
        if path is not None:
            self.save(path)

    def _open(self, place: QPoint) -> None:
        menu = self.menu()
        menu.exec(self._view.mapToGlobal(place))
        menu.deleteLater()


def png_bytes(view: Any) -> bytes:  # noqa: ANN401 - pyqtgraph has no types
    """The view as a PNG of twice its size."""
    pixmap = QPixmap(view.size() * SHARPNESS)
    pixmap.fill(view.backgroundBrush().color())
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    view.render(painter, QRectF(pixmap.rect()), view.viewport().rect())
    painter.end()
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    buffer.close()
    return bytes(data.data())


def svg_bytes(view: Any) -> bytes:  # noqa: ANN401 - pyqtgraph has no types
    """The view as an SVG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(view.viewport().size())
    generator.setViewBox(view.viewport().rect())
    generator.setTitle("TinyML Studio")
    painter = QPainter(generator)
    painter.fillRect(view.viewport().rect(), view.backgroundBrush())
    view.render(painter, QRectF(view.viewport().rect()), view.viewport().rect())
    painter.end()
    buffer.close()
    return bytes(data.data())


def ask_chart(parent: QWidget | None, suggestion: str, suffix: str) -> Path | None:
    """Where to save a chart; always ends in `suffix`."""
    kinds = f"{suffix[1:].upper()} (*{suffix})"
    name = QFileDialog.getSaveFileName(parent, "Save Chart", suggestion, kinds)[0]
    chosen = Path(name) if name else None
    if chosen is not None and chosen.suffix.lower() != suffix:
        chosen = chosen.with_name(f"{chosen.name}{suffix}")
    return chosen
