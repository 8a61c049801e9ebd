"""The window: it alone knows all views, tells them what to show and hears what they tell."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QMenu, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from tinyml_studio.app.examples import examples
from tinyml_studio.gui.action_binding import ActionBinding
from tinyml_studio.gui.commands import Commands
from tinyml_studio.gui.dialogs.error_dialog import one_line
from tinyml_studio.gui.dialogs.palette import PaletteDialog
from tinyml_studio.gui.docks import TitleKeeper, make_dock, share, usual_layout
from tinyml_studio.gui.icons import window_icon
from tinyml_studio.gui.pane_presenter import PanePresenter
from tinyml_studio.gui.presenter import Presenter
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.states.assembling.session import session_name, source_text, window_title
from tinyml_studio.gui.states.help_pages import help_pages
from tinyml_studio.gui.states.welcome import Card
from tinyml_studio.gui.theme import Theme
from tinyml_studio.gui.view_menu import ViewMenu
from tinyml_studio.gui.views.code_view import CodeView
from tinyml_studio.gui.views.distributions_view import DistributionsView
from tinyml_studio.gui.views.error_view import ErrorView
from tinyml_studio.gui.views.graph_view import GraphView
from tinyml_studio.gui.views.help_view import HelpView
from tinyml_studio.gui.views.history_view import HistoryView
from tinyml_studio.gui.views.layers_view import LayersView
from tinyml_studio.gui.views.simulator_view import SimulatorView
from tinyml_studio.gui.views.summary_view import SummaryView
from tinyml_studio.gui.views.welcome_view import WelcomeView
from tinyml_studio.gui.widgets.job_bar import JobBar
from tinyml_studio.gui.widgets.labels import ElidedLabel
from tinyml_studio.gui.widgets.notice import Notice
from tinyml_studio.gui.workspace import Workspace

MESSAGE_MS = 8000
USUAL_SIZE = (1440, 900)
SMALLEST = (760, 520)
CENTRE = ("layers", "graph")


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

    def __init__(self, theme: Theme, settings: WindowSettings) -> None:
        super().__init__()
        self.theme, self.settings = theme, settings
        self.has_stopped = True
        self.workspace = Workspace(self)
        self.commands = Commands(self, self.workspace, settings)
        self._make_views()
        self._make_docks()
        self._make_menus()
        self.presenter = Presenter(self.workspace, self)
        self.panes = PanePresenter(self.workspace, settings, self)
        self._connect_views()
        self._connect_panes()
        self._connect_workspace()
        self.setAcceptDrops(True)
        self.setMinimumSize(*SMALLEST)
        self.resize(*USUAL_SIZE)
        self._paint()
        self._show_welcome()
        self._refresh_actions()

    # building

    def _make_views(self) -> None:
        self.welcome, self.summary, self.layers = WelcomeView(), SummaryView(), LayersView()
        self.notice, self.job_bar = Notice(), JobBar()
        self.distributions, self.errors = DistributionsView(), ErrorView()
        self.help = HelpView(help_pages())
        self.code, self.history, self.simulator = CodeView(), HistoryView(), SimulatorView()
        session = QWidget()
        column = QVBoxLayout(session)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(7)
        for view in (self.summary, self.notice):
            column.addWidget(view)
        self.graph = GraphView()
        self.centre_tabs = QTabWidget()
        self.centre_tabs.setDocumentMode(True)
        self.centre_tabs.addTab(self.layers, "Layers")
        self.centre_tabs.addTab(self.graph, "Graph")
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

    def _make_docks(self) -> None:
        self.docks = {
            "distributions": make_dock(self, "distributions", "Distributions", self.distributions),
            "error": make_dock(self, "error", "Error", self.errors),
            "simulator": make_dock(self, "simulator", "Simulator", self.simulator),
            "code": make_dock(self, "code", "C header", self.code),
            "history": make_dock(self, "history", "History", self.history),
            "help": make_dock(self, "help", "Help", self.help),
        }
        TitleKeeper(self, self.docks)

    def _make_menus(self) -> None:
        self.examples_menu = QMenu("Open Example", self)
        for example in examples():
            action = self.examples_menu.addAction(example.title.replace("&", "&&"))
            action.triggered.connect(
                lambda _=False, name=example.name: self.commands.open_example(name)
            )
        self.binding = ActionBinding(
            self, self.commands.callbacks(), {"file.examples": self.examples_menu}
        )
        self.addToolBar(self.binding.make_tool_bar())
        self.view_menu = ViewMenu(self, self.binding.menus, self.docks, self.theme, self.settings)
        self.view_menu.recent_chosen.connect(self.commands.open_path)
        self.view_menu.page_chosen.connect(self._show_help)

    def _connect_views(self) -> None:
        self.welcome.open_asked.connect(self.commands.open)
        self.welcome.example_chosen.connect(self.commands.open_example)
        self.welcome.recent_chosen.connect(self.commands.open_path)
        self.layers.bits_chosen.connect(self.workspace.set_bits)
        self.layers.granularity_chosen.connect(self.workspace.set_granularity)
        self.layers.refused.connect(self.notice.tell)
        self.layers.layer_chosen.connect(self._select)
        self.errors.layer_chosen.connect(self._select)
        self.errors.data_asked.connect(self.commands.calibrate)
        self.errors.metric_chosen.connect(self.presenter.set_metric)
        self.distributions.log_box.setChecked(self.settings.log_axis)
        self.distributions.log_chosen.connect(self._remember_log)
        self._connect_choices()
        self.presenter.layers_ready.connect(self.layers.show_state)
        self.presenter.errors_ready.connect(self.errors.show_state)
        self.presenter.distribution_ready.connect(self.distributions.show_state)
        self.presenter.summary_ready.connect(self.summary.show_state)

    def _connect_choices(self) -> None:
        held, pane = self.workspace, self.distributions
        self.layers.method_chosen.connect(held.set_method)
        self.layers.all_chosen.connect(held.set_all)
        pane.method_chosen.connect(lambda name: held.set_method((held.selected,), name))
        pane.granularity_chosen.connect(lambda name: held.set_granularity((held.selected,), name))
        pane.range_chosen.connect(lambda *limits: held.set_range(held.selected, limits))
        pane.range_reset.connect(lambda: held.set_range(held.selected, None))
        pane.channel_chosen.connect(self.presenter.set_channel)

    def _connect_panes(self) -> None:
        for name, dock in self.docks.items():
            dock.visibilityChanged.connect(
                lambda visible, name=name: self._tell_visible(name, visible=visible)
            )
        self.panes.code_ready.connect(self.code.show_state)
        self.centre_tabs.currentChanged.connect(self._tell_centre)
        self.panes.sample_ready.connect(self.simulator.show_state)
        self.simulator.sample_chosen.connect(self.panes.set_sample)
        self.simulator.layer_chosen.connect(self._select)
        self.panes.graph_ready.connect(self.graph.show_state)
        self.graph.layer_chosen.connect(self._select)
        self.panes.history_ready.connect(self.history.show_state)
        self.code.export_asked.connect(self.commands.export)
        self.history.step_chosen.connect(self.workspace.go_to)

    def _connect_workspace(self) -> None:
        workspace, runner = self.workspace, self.workspace.runner
        workspace.opened.connect(self._show_session)
        workspace.changed.connect(lambda _: self.notice.tell(""))
        workspace.changed.connect(self._refresh_actions)
        workspace.saved.connect(self._refresh_actions)
        workspace.refused.connect(lambda error: self.notice.tell(one_line(error)))
        workspace.failed.connect(self._refresh_actions)
        runner.busy_changed.connect(self._show_busy)
        runner.progressed.connect(self.job_bar.show_progress)
        self.job_bar.cancelled.connect(lambda: runner.cancel(Lane.FRONT))
        self.commands.told.connect(lambda text: self.statusBar().showMessage(text, MESSAGE_MS))
        self.commands.palette_asked.connect(self._open_palette)
        self.commands.layout_reset.connect(self.reset_layout)
        self.theme.changed.connect(self._paint)

    # showing

    def reset_layout(self) -> None:
        """Put every pane back in its place."""
        self.settings.forget_layout()
        usual_layout(self, self.docks)

    def show_pane(self, name: str) -> None:
        """Bring a pane to the front."""
        if name in CENTRE:
            self.centre_tabs.setCurrentIndex(CENTRE.index(name))
        if name in self.docks:
            self.docks[name].show()
            self.docks[name].raise_()

    @property
    def pane_names(self) -> tuple[str, ...]:
        """All panes that can be brought to the front."""
        return (*CENTRE, *self.docks)

    def share_docks(self) -> None:
        """Give the docks their usual share of the window."""
        share(self, self.docks)

    def _show_welcome(self) -> None:
        cards = [Card(held.name, held.title, held.description) for held in examples()]
        self.welcome.show_examples(cards)
        self.welcome.show_recent(self.settings.recent)
        self.setWindowTitle("TinyML Studio")
        self.pages.setCurrentIndex(0)
        for dock in self.docks.values():
            dock.hide()

    def _show_session(self) -> None:
        if self.pages.currentIndex() == 0:
            self.pages.setCurrentIndex(1)
            self._restore_docks()
        self.notice.tell("")
        self._refresh_actions()
        self._select(self.workspace.selected)

    def _restore_docks(self) -> None:
        held = self.settings.layout()
        if held is None or not self.restoreState(held[1]):
            self.reset_layout()

    def _select(self, layer: str) -> None:
        if layer != self.workspace.selected or self.workspace.values is None:
            self.workspace.select(layer)
        self.presenter.show_selection()
        self.layers.choose(layer)
        self.graph.choose(layer)

    def _tell_visible(self, pane: str, *, visible: bool) -> None:
        for presenter in (self.presenter, self.panes):
            presenter.set_visible(pane, visible=visible)

    def _tell_centre(self, place: int) -> None:
        self.panes.set_visible("graph", visible=CENTRE[place] == "graph")

    def _show_help(self, title: str) -> None:
        self.help.show_page(title)
        self.show_pane("help")

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
        studio = self.workspace.studio
        self.binding.refresh(studio, busy=self.workspace.runner.is_busy())
        if studio is not None:
            self.setWindowTitle(window_title(session_name(studio), studio.path))
            self.setWindowModified(studio.dirty)
            self.source.set_text(source_text(studio.derived))

    def _paint(self) -> None:
        colours = self.theme.colours
        views = (self.layers, self.distributions, self.errors, self.summary)
        for view in (*views, self.code, self.history, self.graph, self.simulator):
            view.set_colours(colours)
        self.help.set_colours(colours)
        self.binding.set_colours(colours)
        self.setWindowIcon(window_icon(colours.accent))

    def _remember_log(self, log: bool) -> None:  # noqa: FBT001 - a signal has no keywords
        self.settings.log_axis = log

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
        if self.pages.currentIndex() == 1:
            self.settings.save_layout(self.saveGeometry(), self.saveState())
        self.has_stopped = self.workspace.close()
        for view in (self.distributions, self.errors, self.simulator):
            view.dispose()
        event.accept()
        self.closed.emit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files."""
        if dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open or calibrate with the files that were dropped."""
        paths = dropped(event)
        if paths:
            event.acceptProposedAction()
            event.setDropAction(Qt.DropAction.CopyAction)
            self.commands.take_files(paths)


def dropped(event: QDropEvent) -> list[Path]:
    """The local files of a drag."""
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    return [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
