"""Nothing is lost: unsaved work is kept, files are locked, located, and never saved over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from tinyml_studio.errors import (
    Cancelled,
    ChangedFileError,
    LostDataError,
    LostModelError,
    OpenSizesError,
    SaveError,
    StudioError,
)
from tinyml_studio.gui.commands import Commands
from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.dialogs.error_dialog import texts
from tinyml_studio.gui.dialogs.locate_dialog import LocateDialog
from tinyml_studio.gui.dialogs.recovery_dialog import RecoveryDialog
from tinyml_studio.gui.dialogs.sizes_dialog import SizesDialog
from tinyml_studio.gui.qt_jobs import Lane
from tinyml_studio.gui.settings import WindowSettings
from tinyml_studio.gui.states.text import clean
from tinyml_studio.gui.workspace import Workspace
from tinyml_studio.progress import Progress

if TYPE_CHECKING:
    from tinyml_studio.app.recovery import Autosave, Leftover
    from tinyml_studio.document.file_lock import FileLock


class Safekeeping(QObject):
    """Listens to the workspace and keeps what would be lost."""

    def __init__(
        self, window: QWidget, workspace: Workspace, commands: Commands, settings: WindowSettings
    ) -> None:
        super().__init__(window)
        self._window, self._workspace = window, workspace
        self._commands, self._settings = commands, settings
        self._autosave: Autosave | None = None
        self._lock: FileLock | None = None
        self._recovering: Leftover | None = None
        self._sequence = 0
        self._has_complained = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.keep_now)
        workspace.opened.connect(self._begin)
        workspace.changed.connect(self._wait)
        workspace.saved.connect(self._take_saved)
        commands.remedies += [
            self._offer_overwrite,
            self._offer_elsewhere,
            self._offer_model,
            self._offer_data,
            self._offer_sizes,
        ]

    # unsaved work

    def offer_leftovers(self) -> None:
        """Look, in a thread, for what dead sessions left, and ask about it."""

        def work(_: Progress) -> tuple[Leftover, ...]:
            from tinyml_studio.app.recovery import leftovers  # noqa: PLC0415 - not at the start

            return leftovers()

        self._workspace.runner.submit(Lane.KEEP, "Recovery", work, self._show_leftovers, _pass)

    def keep_now(self) -> None:
        """Keep unsaved work, in a thread; nothing when all is saved."""
        studio, autosave = self._workspace.studio, self._autosave
        if studio is None or autosave is None or not studio.dirty:
            return
        state, path, base = studio.state, studio.path, studio.base
        document = state.history.current
        self._workspace.runner.submit(
            Lane.KEEP,
            "Autosave",
            lambda _: autosave.write(document, path, base),
            lambda _: self._end_recovery(),
            self._complain,
        )

    def close(self) -> None:
        """The session has ended in order: nothing of it is left."""
        self._timer.stop()
        if self._autosave is not None:
            self._autosave.discard()
        self._autosave = None
        if self._recovering is not None:
            self._recovering.keep()
        self._recovering = None
        self._unlock()

    def _begin(self) -> None:
        """Another session: the one before was saved or given up."""
        from tinyml_studio.app.recovery import Autosave  # noqa: PLC0415 - not at the start

        studio = self._workspace.studio
        if self._autosave is not None:
            self._autosave.discard()
        self._timer.stop()
        self._autosave = Autosave(sequence=self._sequence)
        self._commands.must_rename = False
        self._take_lock(None if studio is None else studio.path)
        if studio is not None and studio.dirty:
            self.keep_now()
        if studio is not None and isinstance(studio.derived.refusal, LostDataError):
            self._offer_data(studio.derived.refusal)

    def _wait(self) -> None:
        seconds = self._settings.autosave_seconds
        if seconds and not self._timer.isActive():
            self._timer.start(seconds * 1000)

    def _take_saved(self, path: Path) -> None:
        if self._autosave is not None:
            self._autosave.forget()
        self._commands.must_rename = False
        self._take_lock(path)

    def _complain(self, error: Exception) -> None:
        if not isinstance(error, Cancelled) and not self._has_complained:
            self._has_complained = True
            self._workspace.noticed.emit(f"Unsaved work cannot be kept for a recovery: {error}.")

    def _show_leftovers(self, found: tuple[Leftover, ...]) -> None:
        if not found:
            return
        from tinyml_studio.app.recovery import latest_sequence  # noqa: PLC0415 - loaded by now

        self._sequence = latest_sequence(found)
        dialog = RecoveryDialog(found, self._window)
        kept = set(found)

        def keep_rest() -> None:
            for leftover in kept:
                leftover.keep()

        dialog.recovered.connect(kept.discard)
        dialog.discarded.connect(kept.discard)
        dialog.recovered.connect(self._recover)
        dialog.discarded.connect(lambda leftover: leftover.discard())
        dialog.finished.connect(keep_rest)
        self._commands.show_dialog(dialog)

    def _recover(self, leftover: Leftover) -> None:
        record = leftover.record
        if record is None:
            return
        if self._recovering is not None:
            self._recovering.keep()
        self._recovering = leftover
        self._commands.when_safe(lambda: self._workspace.runs.open_recovered(record))

    def _end_recovery(self) -> None:
        """The work that was recovered is kept again: its first copy can go."""
        studio, leftover = self._workspace.studio, self._recovering
        record = None if leftover is None else leftover.record
        if studio is None or leftover is None or record is None:
            return
        if any(step.document == record.document for step in studio.history.steps):
            leftover.discard()
            self._recovering = None

    # one project in two windows

    def _take_lock(self, path: Path | None) -> None:
        """Claim the project of this session; warn when another window has it."""
        from tinyml_studio.app.saving import lock_of  # noqa: PLC0415 - loaded by now

        lock = None if path is None else lock_of(path, "window")
        if lock is not None and self._lock is not None and lock.path == self._lock.path:
            return
        self._unlock()
        try:
            if lock is None or lock.acquire():
                self._lock = lock
                return
        except OSError:
            return  # a state folder that cannot be written keeps nobody from working
        self._commands.must_rename = True
        name = "" if path is None else clean(path.name, limit=80)
        box = _question(self._window, f"{name} is open in another window.")
        box.setInformativeText("What you change here can be saved under another name only.")
        rename = box.addButton("Save As…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton("Continue", QMessageBox.ButtonRole.RejectRole)
        rename.clicked.connect(self._commands.save_as)
        self._commands.show_dialog(box)

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _offer_overwrite(self, error: Exception) -> bool:
        """Ask what to do when somebody else has saved the project meanwhile."""
        if not isinstance(error, ChangedFileError):
            return False
        box = self._offer_rename(error, "Saving now would undo those changes.")
        replace = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
        replace.clicked.connect(lambda: self._workspace.runs.save(None, overwrite=True))
        self._commands.show_dialog(box)
        return True

    def _offer_elsewhere(self, error: Exception) -> bool:
        """Offer another place when the project cannot be written where it is."""
        if not isinstance(error, SaveError):
            return False
        _, detail, hint = texts(error, "save the project")
        box = self._offer_rename(error, "\n\n".join(part for part in (detail, hint) if part))
        self._commands.show_dialog(box)
        return True

    def _offer_rename(self, error: StudioError, about: str) -> QMessageBox:
        box = _question(self._window, texts(error, "save the project")[0])
        box.setInformativeText(about)
        rename = box.addButton("Save As…", QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(rename)
        rename.clicked.connect(self._commands.save_as)
        return box

    # files that moved or changed

    def _offer_model(self, error: Exception) -> bool:
        """Ask where the model of a project is."""
        runs = self._workspace.runs
        project = runs.wanted
        if not isinstance(error, LostModelError) or project is None:
            return False
        given = runs.located
        dialog = LocateDialog(error, error.other, self._window)

        def take(path: Path, *, accept: bool = False) -> None:
            runs.open_path(project, model=path, accept_changed=accept)

        def locate() -> None:
            path = files.ask_open(self._window, str((given or project).parent))
            if path is not None:
                take(path)

        dialog.locate_asked.connect(locate)
        dialog.accepted_other.connect(lambda path: take(path, accept=True))
        self._commands.show_dialog(dialog)
        return True

    def _offer_data(self, error: Exception) -> bool:
        """Ask where the calibration samples of the session are."""
        studio = self._workspace.studio
        if not isinstance(error, LostDataError) or studio is None:
            return False
        runs = self._workspace.runs
        dialog = LocateDialog(error, error.other, self._window)

        def locate() -> None:
            path = files.ask_data_file(self._window, self._settings.folder)
            if path is not None:
                runs.locate_data(path)

        dialog.locate_asked.connect(locate)
        dialog.accepted_other.connect(lambda path: runs.locate_data(path, accept_changed=True))
        self._commands.show_dialog(dialog)
        return True

    def _offer_sizes(self, error: Exception) -> bool:
        """Ask for the sizes of inputs that the model's file leaves open."""
        runs = self._workspace.runs
        model = runs.wanted
        if not isinstance(error, OpenSizesError) or model is None:
            return False
        if model.suffix.lower() == ".tmls":  # another model in the place of the project's
            return False
        dialog = SizesDialog(model.name, error.inputs, self._window)
        dialog.chosen.connect(lambda shapes: runs.open_sized(model, shapes))
        self._commands.show_dialog(dialog)
        return True


def _question(window: QWidget, text: str) -> QMessageBox:
    """A box that asks, in plain text."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("TinyML Studio")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    return box


def _pass(error: Exception) -> None:
    """A look for leftovers that was cancelled has found nothing; other faults are told."""
    if not isinstance(error, Cancelled | StudioError):
        raise error
