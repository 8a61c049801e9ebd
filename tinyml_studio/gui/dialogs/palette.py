"""The command palette: type a few letters of what you want, Enter does it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.gui.states.palette import ranked

MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
KEPT_OUT = "kept_out_of_palette"
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class PaletteDialog(QDialog):
    """Every action of the menus that is possible now."""

    def __init__(self, menus: Iterable[QMenu], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Commands")
        self._entries = possible_actions(menus)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText("Type a few letters of a command")
        self.edit.textChanged.connect(self._fill)
        self.edit.returnPressed.connect(self._run)
        self.edit.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setObjectName("commands")
        self.list.setHeaderHidden(True)
        self.list.setColumnCount(2)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda *_: self._run())
        layout = QVBoxLayout(self)
        layout.addWidget(self.edit)
        layout.addWidget(self.list)
        self.resize(520, 380)
        self.list.ensurePolished()  # else the first rows are as high as without a style sheet
        self._fill("")

    def titles(self) -> list[str]:
        """What is listed, the best first."""
        items = (self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount()))
        return [item.text(0) for item in items if item is not None]

    def _fill(self, asked: str) -> None:
        self.list.clear()
        for place in ranked([title for title, _ in self._entries], asked):
            title, action = self._entries[place]
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QTreeWidgetItem([title, f"✓  {keys}".rstrip() if action.isChecked() else keys])
            item.setTextAlignment(1, RIGHT)
            item.setData(0, Qt.ItemDataRole.UserRole, place)
            self.list.addTopLevelItem(item)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is None:
            return
        _, action = self._entries[int(item.data(0, Qt.ItemDataRole.UserRole))]
        self.accept()
        QTimer.singleShot(0, action, action.trigger)

    # Qt's interface

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows in the line move in the list."""
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and event.key() in MOVES:
            self.list.keyPressEvent(event)
            return True
        return super().eventFilter(watched, event)


def possible_actions(menus: Iterable[QMenu], *, above: str = "") -> Sequence[tuple[str, QAction]]:
    """Title with its menu, and action, of everything in the menus that is possible.

    A menu that `keep_out` has marked says in other words what another one says, and is left out.
    """
    found: list[tuple[str, QAction]] = []
    for menu in menus:
        menu.aboutToShow.emit()
        title = f"{above}{without_keys(menu.title())} › "
        for action in menu.actions():
            inner = action.menu()
            if isinstance(inner, QMenu):
                if inner.property(KEPT_OUT):
                    continue
                found += possible_actions([inner], above=title)
            elif action.isEnabled() and not action.isSeparator():
                found.append((f"{title}{without_keys(action.text())}", action))
    return found


def keep_out(menu: QMenu) -> None:
    """Leave a menu out of the palette."""
    menu.setProperty(KEPT_OUT, True)  # noqa: FBT003 - Qt's interface


def without_keys(text: str) -> str:
    """A menu's text without the marks of its access keys."""
    return "&".join(part.replace("&", "") for part in text.split("&&"))
