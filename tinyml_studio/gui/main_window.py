"""The window: frame, menus and docks around the panes of the table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QMenu,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from tinyml_studio.app.examples import examples
from tinyml_studio.gui.action_binding import ActionBinding
from tinyml_studio.gui.arranger import Arranger
from tinyml_studio.gui.commands import Commands
from tinyml_studio.gui.desk import Desk
from tinyml_studio.gui.dialogs.error_dialog import one_line
from tinyml_studio.gui.dialogs.palette import PaletteDialog
from tinyml_studio.gui.docks import DOCKED, LOW, Berth, TitleKeeper, make_dock, usual_layout
from tinyml_studio.gui.faults import Faults
from tinyml_studio.gui.focus import give_focus_back
from tinyml_studio.gui.icons import window_icon
from tinyml_studio.gui.pane import Place
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.safekeeping import Safekeeping
from tinyml_studio.gui.scheme_menus import SchemeMenus
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.states.assembling.session import session_name, source_text, window_title
from tinyml_studio.gui.states.drop import drop_text, sorted_files
from tinyml_studio.gui.states.welcome import Card
from tinyml_studio.gui.theme import Theme
from tinyml_studio.gui.view_menu import ViewMenu
from tinyml_studio.gui.views.welcome_view import WelcomeView
from tinyml_studio.gui.widgets.drop_veil import DropVeil
from tinyml_studio.gui.widgets.island import Island
from tinyml_studio.gui.widgets.job_bar import JobBar
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.notice import Notice
from tinyml_studio.gui.workspace import Workspace

if TYPE_CHECKING:
    from tinyml_studio.gui.board import Board

MESSAGE_MS = 8000
USUAL_SIZE = (1440, 900)
SMALLEST = (960, 600)


class MainWindow(QMainWindow):
    """One session: welcome page, or layers with distributions, errors and help around them.

    Attributes
    ----------
    closed
        The window has closed.
    has_stopped
        All jobs have ended; one that does not answer is given up after a few seconds.
    """

    closed = Signal()
    board: Board

    def __init__(self, theme: Theme, settings: WindowSettings, *, completes: bool = True) -> None:
        super().__init__()
        self.theme, self.settings = theme, settings
        self.has_stopped = True
        self.workspace = Workspace(self)
        self.commands = Commands(self, self.workspace, settings)
        self.safekeeping = Safekeeping(self, self.workspace, self.commands, settings)
        self.faults = Faults(self, self.commands, self.safekeeping)
        self.desk = Desk(self.workspace, self.commands, settings, self)
        self._make_frame()
        self._make_menus()
        self._connect_workspace()
        self.setAcceptDrops(True)
        self.drop_veil = DropVeil(self)
        self.setMinimumSize(*SMALLEST)
        self.resize(*USUAL_SIZE)
        self.docks: dict[str, QDockWidget] = {}
        self.arranger = Arranger(self)
        self._steps = self._completing()
        self._paint()
        self._show_welcome()
        self._refresh_actions()
        if completes:
            self.complete()

    def complete(self) -> None:
        """Make everything that the welcome page does not need, if it is not there yet."""
        for _ in self._steps:
            pass

    def complete_some(self) -> bool:
        """One step of that; whether there may be another one."""
        return next(self._steps, self) is not self

    # building

    def _completing(self) -> Iterator[None]:
        """Panes, docks and their menu, in steps that a person does not feel."""
        from tinyml_studio.gui.board import Board  # noqa: PLC0415 - after the first paint

        self.board = Board(self.desk)
        yield from self.board.grow()
        self._place_panes()
        yield
        self._make_docks()
        self._make_view_menu()
        self._connect_panes()
        self.board.set_colours(self.theme.colours)
        self._fit_height()

    def _make_frame(self) -> None:
        self.welcome, self.notice, self.job_bar = WelcomeView(), Notice(), JobBar()
        self.centre_tabs = QTabWidget()
        self.centre_tabs.setDocumentMode(True)
        session = QWidget()
        column = self._column = QVBoxLayout(session)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        column.addWidget(self.notice)
        column.addWidget(self.centre_tabs, 1)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(session)
        centre = QWidget()
        frame = QVBoxLayout(centre)
        frame.setContentsMargins(0, 0, 0, 0)
        self.setContentsMargins(7, 0, 7, 0)
        frame.addWidget(self.pages)
        self.setCentralWidget(centre)
        self.source = ElidedLabel(name="muted")
        self.statusBar().addWidget(self.job_bar, 1)
        self.statusBar().addPermanentWidget(self.source)
        self.statusBar().setMinimumHeight(self.job_bar.sizeHint().height() + 2)
        self.statusBar().setSizeGripEnabled(False)

    def _place_panes(self) -> None:
        for pane in self.board.at(Place.CENTRE):
            self.centre_tabs.addTab(pane.panel, pane.title)
        for place, pane in enumerate(self.board.at(Place.HEAD)):
            self._column.insertWidget(place, Island(pane.panel))

    def _make_docks(self) -> None:
        panes = self.board.at(*DOCKED)
        self.docks = {
            pane.name: make_dock(self, pane.name, pane.title, pane.panel) for pane in panes
        }
        self.berths = tuple(
            Berth(self.docks[pane.name], pane.place, pane.starts_open) for pane in panes
        )
        TitleKeeper(self, self.docks)
        for dock in self.docks.values():
            dock.hide()

    def _make_menus(self) -> None:
        self.examples_menu = QMenu("Open Example", self)
        for example in examples():
            action = self.examples_menu.addAction(example.title.replace("&", "&&"))
            action.triggered.connect(
                lambda _=False, name=example.name: self.commands.open_example(name)
            )
        self.scheme_menus = SchemeMenus(self, self.workspace)
        self.binding = ActionBinding(
            self,
            self.commands.callbacks(),
            {
                "file.examples": self.examples_menu,
                "edit.presets": self.scheme_menus.presets,
                "run.arithmetic": self.scheme_menus.arithmetics,
            },
        )
        self.addToolBar(self.binding.make_tool_bar())

    def _make_view_menu(self) -> None:
        panes = {name: self.board[name].title for name in self.pane_names}
        self.view_menu = ViewMenu(
            self, self.binding.menus, self.docks, panes, self.theme, self.settings
        )
        self.view_menu.pane_chosen.connect(self.show_pane)
        self.view_menu.recent_chosen.connect(self.commands.open_path)
        self.view_menu.page_chosen.connect(self.desk.page_asked)

    def _connect_panes(self) -> None:
        self.workspace.opened.connect(self._show_session)
        self.desk.told.connect(self.notice.tell)
        self.desk.pane_asked.connect(self.show_pane)
        for name, dock in self.docks.items():
            dock.visibilityChanged.connect(
                lambda visible, name=name: self.board[name].set_seen(seen=visible)
            )
        self.centre_tabs.currentChanged.connect(self._tell_centre)

    def _connect_workspace(self) -> None:
        workspace, runner = self.workspace, self.workspace.runner
        self.welcome.open_asked.connect(self.commands.open)
        self.welcome.example_chosen.connect(self.commands.open_example)
        self.welcome.recent_chosen.connect(self.commands.open_path)
        workspace.begun.connect(self.complete)
        workspace.changed.connect(lambda _: self.notice.tell(""))
        workspace.changed.connect(self._refresh_actions)
        workspace.saved.connect(self._refresh_actions)
        workspace.noticed.connect(self.notice.tell)
        workspace.refused.connect(lambda error: self.notice.tell(one_line(error)))
        workspace.failed.connect(self._refresh_actions)
        runner.busy_changed.connect(self._show_busy)
        runner.progressed.connect(self.job_bar.show_progress)
        self.job_bar.cancelled.connect(lambda: runner.cancel(Lane.FRONT))
        self.job_bar.appeared.connect(self._refresh_actions)
        self.commands.told.connect(lambda text: self.statusBar().showMessage(text, MESSAGE_MS))
        self.commands.palette_asked.connect(self._open_palette)
        self.commands.dialog_opened.connect(give_focus_back)
        self.commands.layout_reset.connect(self.reset_layout)
        self.theme.changed.connect(self._paint)
        self.commands.take_preferences()
        self.commands.preferences_changed.connect(lambda: self.theme.choose(self.settings.theme))

    # showing

    def reset_layout(self) -> None:
        """Put every pane back in its place."""
        self.arranger.finish()
        self.settings.forget_layout()
        for _ in usual_layout(self, self.berths):
            pass

    def show_pane(self, name: str) -> None:
        """Bring a pane to the front, also while the others still come to their places."""
        self.arranger.finish()
        if self.board[name].place is Place.CENTRE:
            self.centre_tabs.setCurrentWidget(self.board[name].panel)
        if name in self.docks:
            self.docks[name].show()
            self.docks[name].raise_()

    @property
    def pane_names(self) -> tuple[str, ...]:
        """All panes that can be brought to the front."""
        return tuple(pane.name for pane in self.board if pane.place is not Place.HEAD)

    def _show_welcome(self) -> None:
        cards = [Card(held.name, held.title, held.description) for held in examples()]
        self.welcome.show_examples(cards)
        self.welcome.show_recent(self.settings.recent)
        self.setWindowTitle("TinyML Studio")
        self.pages.setCurrentIndex(0)

    def _show_session(self) -> None:
        if self.pages.currentIndex() == 0:
            self.pages.setCurrentIndex(1)
            self.arranger.begin(self._restored_docks())
        self.notice.tell("")
        self._refresh_actions()
        self.desk.select(self.workspace.selected)

    def _restored_docks(self) -> Iterator[None]:
        held = self.settings.layout()
        if held is None or not self.restoreState(held[1]):
            self.settings.forget_layout()
            yield from usual_layout(self, self.berths)

    def _tell_centre(self) -> None:
        for pane in self.board.at(Place.CENTRE):
            pane.set_seen(seen=pane.panel is self.centre_tabs.currentWidget())

    def _open_palette(self) -> None:
        palette = PaletteDialog(self.binding.menus.values(), self)
        palette.finished.connect(palette.deleteLater)
        self.commands.dialog_opened.emit(palette)
        palette.open()

    def _show_busy(self, busy: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        if busy:
            self.statusBar().clearMessage()
            self.job_bar.begin(self.workspace.runner.front())
        else:
            self.job_bar.end()
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        """Take away what would wait, but not for the moment that an edit takes."""
        studio, runner = self.workspace.studio, self.workspace.runner
        waits = runner.is_long_busy() or (runner.is_busy() and not self.job_bar.isHidden())
        self.binding.refresh(studio, busy=waits)
        if studio is not None:
            self.setWindowTitle(window_title(session_name(studio), studio.path))
            self.setWindowModified(studio.dirty)
            self.source.set_text(source_text(studio.derived))

    def _fit_height(self) -> None:
        if self.docks:
            self.board.set_low(is_low=self.height() < LOW)

    def _paint(self) -> None:
        colours = self.theme.colours
        if self.docks:
            self.board.set_colours(colours)
        self.binding.set_colours(colours)
        self.drop_veil.set_colours(colours)
        self.setWindowIcon(window_icon(colours.accent))

    # Qt's interface

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask about changes; stop the jobs; remember the layout."""
        leaving = False

        def leave() -> None:
            nonlocal leaving
            leaving = True

        self.commands.when_safe(leave)
        if not leaving:
            self.commands.close_after_save()
            event.ignore()
            return
        self.arranger.finish()
        if self.pages.currentIndex() == 1:
            self.settings.save_layout(self.saveGeometry(), self.saveState())
        self.has_stopped = self.workspace.close()
        self.safekeeping.close()
        if hasattr(self, "board"):
            self.board.dispose()
        event.accept()
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """In a low window less stands above the layers."""
        super().resizeEvent(event)
        self._fit_height()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files, and say what letting go of them does."""
        paths = dropped(event)
        if paths:
            is_open = self.workspace.studio is not None
            self.drop_veil.say(drop_text(sorted_files(paths), is_open=is_open))
            take_copies(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        """The same anywhere in the window."""
        if dropped(event):
            take_copies(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        """Nothing will be dropped."""
        self.drop_veil.say("")
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open or calibrate with the files that were dropped."""
        self.drop_veil.say("")
        paths = dropped(event)
        if paths:
            take_copies(event)
            self.commands.take_files(paths)


def take_copies(event: QDropEvent) -> None:
    """The files stay where they are: who drags them would delete what was moved."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def dropped(event: QDropEvent) -> list[Path]:
    """The local files of a drag."""
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
