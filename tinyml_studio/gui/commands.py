"""What the actions do: dialogs in front, then the workspace."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QMessageBox, QWidget

from tinyml_studio.app.targets import targets
from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.dialogs.data_dialog import DataChoice, DataDialog
from tinyml_studio.gui.dialogs.error_dialog import error_dialog
from tinyml_studio.gui.dialogs.export_dialog import ExportChoice, ExportDialog
from tinyml_studio.gui.dialogs.files import Answer
from tinyml_studio.gui.dialogs.preferences_dialog import PreferencesDialog
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.states.assembling.session import session_name
from tinyml_studio.gui.states.drop import MODEL_FIRST, sorted_files
from tinyml_studio.gui.states.text import clean, shape
from tinyml_studio.gui.states.verified import verified_text
from tinyml_studio.gui.workspace import Workspace
from tinyml_studio.version import __version__

if TYPE_CHECKING:
    from tinyml_studio.verify.report import VerifyReport


class Commands(QObject):
    """Carries out the actions.

    Attributes
    ----------
    told
        A short message for the status bar.
    layout_reset
        Every pane is to go back to its place.
    palette_asked
        The command palette is to open.
    dialog_opened
        A dialog stands open.
    preferences_changed
        The person has set other preferences.
    """

    told = Signal(str)
    layout_reset = Signal()
    palette_asked = Signal()
    dialog_opened = Signal(object)
    preferences_changed = Signal()

    def __init__(self, window: QWidget, workspace: Workspace, settings: WindowSettings) -> None:
        super().__init__(window)
        self._window = window
        self._workspace = workspace
        self._settings = settings
        self._data_waiting: Path | None = None
        self._after_save: Callable[[], None] | None = None
        self.remedies: list[Callable[[Exception], bool]] = []
        self.must_rename = False
        workspace.opened.connect(self._opened)
        workspace.saved.connect(self._saved)
        workspace.exported.connect(lambda path: self.told.emit(f"Exported {clean(str(path))}"))
        workspace.verified.connect(lambda report, _: self._verified(report))
        workspace.failed.connect(self._failed)

    def callbacks(self) -> Mapping[str, Callable[[], None]]:
        """What to do, by the action's id."""
        return {
            "file.open": self.open,
            "file.data": self.calibrate,
            "file.reference": self.hold_against,
            "file.no_reference": lambda: self._workspace.runs.set_reference(None),
            "file.save": self.save,
            "file.save_as": self.save_as,
            "file.export": self.export,
            "file.quit": self._quit,
            "edit.undo": self._workspace.edits.undo,
            "edit.redo": self._workspace.edits.redo,
            "edit.preferences": self.preferences,
            "run.evaluate": self._workspace.runs.evaluate,
            "run.verify": self.verify,
            "view.palette": self.palette_asked.emit,
            "view.reset_layout": self.layout_reset.emit,
            "help.about": self.about,
        }

    def open(self) -> None:
        """Ask for a model or project and open it."""
        path = files.ask_open(self._window, self._settings.folder)
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a model or project, once the changes of the current one are safe."""
        self.when_safe(lambda: self._workspace.runs.open_path(path))

    def open_example(self, name: str) -> None:
        """Open a bundled example."""
        self.when_safe(lambda: self._workspace.runs.open_example(name))

    def take_files(self, paths: Sequence[Path]) -> None:
        """Files that were dropped: a model or project is opened, data calibrate it."""
        files = sorted_files(paths)
        if files.model is not None:
            self._data_waiting = files.data
            self.open_path(files.model)
        elif files.data is not None and self._workspace.studio is not None:
            self._workspace.runs.calibrate(files.data, None, None)
        elif files.data is not None:
            self.told.emit(MODEL_FIRST)

    def when_safe(self, then: Callable[[], None]) -> None:
        """Go on at once, or after the changes were saved or given up, or not at all."""
        studio = self._workspace.studio
        if studio is None or not studio.dirty:
            then()
            return
        answer = files.ask_save(self._window, session_name(studio))
        if answer is Answer.DISCARD:
            then()
        elif answer is Answer.SAVE:
            self._after_save = then
            self.save()

    def close_after_save(self) -> None:
        """A save that was asked for while closing closes the window in the end."""
        if self._after_save is not None:
            self._after_save = self._quit

    def save(self) -> None:
        """Save the project where it is; ask where when it has no file yet."""
        studio = self._workspace.studio
        if studio is not None and (studio.path is None or self.must_rename):
            self.save_as()
        elif studio is not None:
            self._workspace.runs.save(None)

    def save_as(self) -> None:
        """Save the project under another name."""
        studio = self._workspace.studio
        if studio is None:
            return
        folder = studio.path.parent if studio.path else Path(self._settings.folder)
        path = files.ask_project(self._window, str(folder / f"{session_name(studio)}.tmls"))
        if path is None:
            self._after_save = None
        else:
            self._workspace.runs.save(path)

    def calibrate(self) -> None:
        """Ask for samples and calibrate with them."""
        studio = self._workspace.studio
        if studio is None:
            return
        inputs = studio.derived.graph.inputs
        takes = "; ".join(f"{clean(port.name, limit=40)}: {shape(port.shape)}" for port in inputs)
        dialog = DataDialog(self._settings.folder, f"The model takes {takes}.", self._window)
        dialog.chosen.connect(self._calibrate_with)
        self.show_dialog(dialog)

    def hold_against(self) -> None:
        """Ask for the float original and hold the model against it."""
        path = files.ask_reference(self._window, self._settings.folder)
        if path is not None:
            self._workspace.runs.set_reference(path)

    def export(self) -> None:
        """Ask what to export and write it."""
        studio = self._workspace.studio
        if studio is None:
            return
        known = [(target.name, target.title) for target in targets()]
        folder = studio.path.parent if studio.path else Path(self._settings.folder or Path.home())
        target = studio.document.target or self._settings.target
        dialog = ExportDialog(session_name(studio), folder, known, target, self._window)
        dialog.chosen.connect(self._export_as)
        self.show_dialog(dialog)

    def preferences(self) -> None:
        """Ask for the preferences and take them over."""
        known = [(target.name, target.title) for target in targets()]
        dialog = PreferencesDialog(self._settings, known, self._window)
        dialog.changed.connect(self.take_preferences)
        self.show_dialog(dialog)

    def take_preferences(self) -> None:
        """Work by the preferences as they are now."""
        self._workspace.runs.arithmetic = self._settings.arithmetic
        self._workspace.set_live_samples(self._settings.live_samples)
        self.preferences_changed.emit()

    def verify(self) -> None:
        """Compare the header with the simulator, here and on the core of the chip."""
        studio = self._workspace.studio
        if studio is not None and studio.derived.program is not None:
            self._workspace.runs.verify(target=studio.document.target or self._settings.target)

    def about(self) -> None:
        """Show version and licence."""
        box = QMessageBox(self._window)
        box.setWindowTitle("About TinyML Studio")
        what = "quantized neural networks for microcontrollers, bit for bit"
        box.setText(f"TinyML Studio {__version__}: {what}")
        box.setInformativeText("Licensed under the Apache License 2.0.")
        self.show_dialog(box)

    def _calibrate_with(self, choice: DataChoice) -> None:
        self._remember(choice.path)
        self._workspace.runs.calibrate(choice.path, choice.scale, choice.offset)

    def _export_as(self, choice: ExportChoice) -> None:
        self._settings.target = choice.target
        self._workspace.runs.export(
            choice.path,
            target=choice.target,
            name=choice.name,
            self_test=choice.self_test,
            form=choice.form,
            split=choice.split,
        )

    def _opened(self) -> None:
        studio, data = self._workspace.studio, self._data_waiting
        self._data_waiting = None
        if studio is not None and studio.test_data is None:
            path = studio.path or studio.document.model_path
            self._settings.add_recent(path)
            self._remember(path)
        if data is not None:
            self._workspace.runs.calibrate(data, None, None)

    def _saved(self, path: Path) -> None:
        self._settings.add_recent(path)
        self._remember(path)
        self.told.emit(f"Saved {clean(str(path))}")
        then, self._after_save = self._after_save, None
        if then is not None:
            then()

    def _verified(self, report: VerifyReport) -> None:
        self.told.emit(verified_text(report))

    def _failed(self, error: Exception, wish: str) -> None:
        self._after_save = self._data_waiting = None
        if not any(remedy(error) for remedy in self.remedies):
            self.show_dialog(error_dialog(error, wish, self._window))

    def show_dialog(self, dialog: QDialog) -> None:
        """Open a dialog in front of the window, which goes on meanwhile."""
        dialog.finished.connect(dialog.deleteLater)
        self.dialog_opened.emit(dialog)
        dialog.open()

    def _remember(self, path: Path) -> None:
        self._settings.folder = str(path if path.is_dir() else path.parent)

    def _quit(self) -> None:
        self._window.close()
