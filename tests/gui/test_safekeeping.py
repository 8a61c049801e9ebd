"""What a person sees of crashes, moved files, second windows and changed projects."""

from __future__ import annotations

import errno
import os
import shutil
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QMessageBox

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.recovery import Autosave, Kind, leftovers, recovery_folder
from tinyml_studio.app.saving import lock_of
from tinyml_studio.app.studio import Studio
from tinyml_studio.gui.dialogs import files
from tinyml_studio.gui.dialogs.locate_dialog import LocateDialog
from tinyml_studio.gui.dialogs.recovery_dialog import RecoveryDialog


@pytest.fixture
def project(tmp_path):
    """A calibrated project of files of its own."""
    example = find_example("motion")
    for source, name in ((example.model, "model.onnx"), (example.calibration, "data.npz")):
        shutil.copy(source, tmp_path / name)
    studio = Studio.open(tmp_path / "model.onnx")
    studio.calibrate(tmp_path / "data.npz")
    return studio.save(tmp_path / "p.tmls")


@pytest.fixture
def opened(person, window, project):
    """The window with the project open."""
    window.commands.open_path(project)
    person.wait()
    return window


def left_by_a_crash(project, bits="w2a8"):
    """Unsaved work of a session that is gone."""
    studio, autosave = Studio.open(project), Autosave(sequence=3)
    studio.set_default(bits=bits)
    autosave.write(studio.document, studio.path, studio.base)
    os.close(autosave._lock._descriptor)
    return autosave.file


def bits(window):
    return window.workspace.studio.document.scheme.default.bits


def files_left():
    folder = recovery_folder()
    return sorted(folder.iterdir()) if folder.exists() else []


def test_work_is_kept_after_a_change_and_gone_after_a_clean_close(person, opened, monkeypatch):
    opened.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    assert opened.safekeeping._timer.isActive()
    opened.safekeeping._timer.timeout.emit()
    person.wait()
    assert [file.suffix for file in files_left()] == [".lock", ".recovery"]
    assert leftovers() == ()  # the session lives
    monkeypatch.setattr(files, "ask_save", lambda *_: files.Answer.DISCARD)
    opened.close()
    assert files_left() == []


def test_saving_removes_what_was_kept(person, opened):
    opened.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    opened.safekeeping.keep_now()
    person.wait()
    person.trigger("file.save")
    assert [file.suffix for file in files_left()] == [".lock"]


def test_autosave_can_be_switched_off(person, opened):
    opened.settings.autosave_seconds = 0
    opened.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    assert not opened.safekeeping._timer.isActive()


def test_an_autosave_that_fails_is_told_once_and_work_goes_on(
    person, opened, tmp_path, monkeypatch
):
    (tmp_path / "no").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "no"))
    opened.safekeeping._autosave = Autosave()
    told = []
    opened.workspace.noticed.connect(told.append)
    for choice in ("w4a8", "w5a8"):
        opened.workspace.edits.set_all(choice, "", "")
        person.wait()
        opened.safekeeping.keep_now()
        person.wait()
    assert len(told) == 1
    assert "cannot be kept" in told[0]
    assert not person.dialogs


def test_after_a_crash_the_work_is_offered_and_comes_back(person, window, project):
    file = left_by_a_crash(project)
    window.safekeeping.offer_leftovers()
    person.wait()
    dialog = person.dialogs[-1]
    assert isinstance(dialog, RecoveryDialog)
    dialog.rows[0][0].click()
    person.wait()
    assert bits(window) == "w2a8"
    assert window.isWindowModified()
    assert not file.exists()
    assert len(files_left()) == 2  # kept again as the work of this session
    person.trigger("edit.undo")
    assert bits(window) == "w8a8"


def test_the_offer_says_how_old_each_work_is(person, window, project):
    old, new = left_by_a_crash(project), left_by_a_crash(project, "w3a8")
    os.utime(old, (time.time() - 7300,) * 2)
    window.safekeeping.offer_leftovers()
    person.wait()
    dialog = person.dialogs[-1]
    texts = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Kept 2 hours ago (" in texts
    assert "Kept a moment ago (" in texts
    dialog.reject()
    assert old.exists()
    assert new.exists()


def test_what_is_not_chosen_is_kept_and_what_is_deleted_is_gone(person, window, project):
    kept, gone = left_by_a_crash(project), left_by_a_crash(project, "w3a8")
    window.safekeeping.offer_leftovers()
    person.wait()
    dialog = person.dialogs[-1]
    order = [held.record.document.scheme.default.bits for held in dialog.leftovers]
    dialog.rows[order.index("w3a8")][1].click()
    dialog.reject()
    assert kept.exists()
    assert not gone.exists()
    (again,) = leftovers()
    assert again.kind is Kind.NEWER
    again.keep()


@pytest.mark.parametrize("damage", [b"", b'{"recovery": 9}'])
def test_work_that_cannot_be_opened_is_shown_and_kept(person, window, project, damage):
    file = left_by_a_crash(project)
    file.write_bytes(damage)
    window.safekeeping.offer_leftovers()
    person.wait()
    dialog = person.dialogs[-1]
    recover, delete = dialog.rows[0]
    assert not recover.isEnabled()
    assert delete.isEnabled()
    dialog.reject()
    assert file.read_bytes() == damage


def test_a_first_start_asks_nothing(person, window):
    window.safekeeping.offer_leftovers()
    person.wait()
    assert not person.dialogs


def test_a_second_window_warns_and_saves_under_another_name(
    person, window, project, tmp_path, monkeypatch
):
    other = lock_of(project, "window")
    assert other.acquire()
    window.commands.open_path(project)
    person.wait()
    box = person.dialogs[-1]
    assert "is open in another window" in box.text()
    box.close()
    monkeypatch.setattr(files, "ask_project", lambda *_: tmp_path / "q.tmls")
    window.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    before = project.read_bytes()
    person.trigger("file.save")
    assert project.read_bytes() == before
    assert window.workspace.studio.path == tmp_path / "q.tmls"
    mine = lock_of(tmp_path / "q.tmls", "window")
    assert not mine.acquire()
    other.release()


def test_closing_gives_the_project_free(opened, project):
    assert not lock_of(project, "window").acquire()
    opened.close()
    free = lock_of(project, "window")
    assert free.acquire()
    free.release()


@pytest.mark.parametrize("answer", ["Save As…", "Replace", "Cancel"])
def test_a_project_that_somebody_else_saved_is_not_written_over_unasked(
    person, opened, project, tmp_path, monkeypatch, answer
):
    other = Studio.open(project)
    other.set_default(bits="w7a8")
    other.save()
    opened.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    person.trigger("file.save")
    box = person.dialogs[-1]
    assert isinstance(box, QMessageBox)
    assert "was changed by another program" in box.text()
    monkeypatch.setattr(files, "ask_project", lambda *_: tmp_path / "q.tmls")
    button = next(held for held in box.buttons() if held.text().replace("&", "") == answer)
    button.click()
    person.wait()
    saved = Studio.open(project).document.scheme.default.bits
    assert saved == ("w4a8" if answer == "Replace" else "w7a8")
    assert (tmp_path / "q.tmls").exists() == (answer == "Save As…")
    assert opened.isWindowModified() == (answer == "Cancel")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.EDQUOT])
def test_a_project_that_cannot_be_written_is_saved_elsewhere(
    person, opened, project, tmp_path, monkeypatch, number
):
    real = os.open

    def refuse(path, *args):
        if Path(path).parent == project.parent and args[0] & os.O_CREAT:
            raise OSError(number, os.strerror(number))
        return real(path, *args)

    before = project.read_bytes()
    opened.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    monkeypatch.setattr(os, "open", refuse)
    person.trigger("file.save")
    box = person.dialogs[-1]
    assert os.strerror(number) in box.informativeText()
    assert project.read_bytes() == before
    assert opened.isWindowModified()
    (tmp_path / "else").mkdir()
    monkeypatch.setattr(files, "ask_project", lambda *_: tmp_path / "else" / "q.tmls")
    next(button for button in box.buttons() if "Save As" in button.text()).click()
    person.wait()
    assert opened.workspace.studio.path == tmp_path / "else" / "q.tmls"
    assert not opened.isWindowModified()


def test_a_model_that_moved_is_located(person, window, project, tmp_path, monkeypatch):
    (tmp_path / "model.onnx").rename(tmp_path / "moved.onnx")
    monkeypatch.setattr(files, "ask_open", lambda *_: tmp_path / "moved.onnx")
    window.commands.open_path(project)
    person.wait()
    dialog = person.dialogs[-1]
    assert isinstance(dialog, LocateDialog)
    assert dialog.accept_button is None
    dialog.locate_button.click()
    person.wait()
    assert window.workspace.studio.document.model_path == tmp_path / "moved.onnx"
    assert window.isWindowModified()


def test_another_model_is_taken_only_when_the_person_says_so(person, window, project, tmp_path):
    shutil.copy(find_example("digits").model, tmp_path / "model.onnx")
    window.commands.open_path(project)
    person.wait()
    dialog = person.dialogs[-1]
    assert isinstance(dialog, LocateDialog)
    assert window.workspace.studio is None
    dialog.accept_button.click()
    person.wait()
    studio = window.workspace.studio
    assert studio.path == project
    assert studio.dirty
    assert studio.undo_name == "locate files"


def test_samples_that_moved_are_located(person, window, project, tmp_path, monkeypatch):
    (tmp_path / "data.npz").rename(tmp_path / "moved.npz")
    monkeypatch.setattr(files, "ask_data_file", lambda *_: tmp_path / "moved.npz")
    window.commands.open_path(project)
    person.wait()
    assert window.workspace.studio.derived.program is None
    dialog = person.dialogs[-1]
    assert isinstance(dialog, LocateDialog)
    dialog.locate_button.click()
    person.wait()
    studio = window.workspace.studio
    assert studio.derived.program is not None
    assert studio.document.calibration.path == tmp_path / "moved.npz"
    assert studio.can_undo


def test_other_samples_are_refused_until_they_are_accepted(
    person, window, project, tmp_path, monkeypatch
):
    (tmp_path / "data.npz").unlink()
    monkeypatch.setattr(files, "ask_data_file", lambda *_: find_example("motion").test)
    window.commands.open_path(project)
    person.wait()
    person.dialogs[-1].locate_button.click()
    person.wait()
    studio = window.workspace.studio
    assert studio.derived.program is None
    dialog = person.dialogs[-1]
    assert "are not the calibration samples" in dialog.text()
    dialog.accept_button.click()
    person.wait()
    assert studio.derived.program is not None
    assert studio.document.calibration.path == find_example("motion").test


@pytest.mark.parametrize("becomes", ["deleted", "rewritten"])
def test_work_goes_on_without_the_model_and_says_so_at_export(
    person, opened, project, tmp_path, becomes
):
    model = tmp_path / "model.onnx"
    held = model.stat()
    if becomes == "deleted":
        model.unlink()
    else:  # as long as before and as old as before: only the fingerprint tells
        content = bytearray(model.read_bytes())
        content[len(content) // 2] ^= 1
        model.write_bytes(content)
        os.utime(model, ns=(held.st_atime_ns, held.st_mtime_ns))
    opened.workspace.edits.set_all("w4a8", "", "")
    person.wait()
    assert bits(opened) == "w4a8"
    opened.workspace.runs.export(tmp_path / "x.h", target="cortex-m4", name="x", self_test=0)
    person.wait()
    assert (tmp_path / "x.h").is_file()
    assert "model.onnx" in opened.notice.label.text()
    assert "as it was when it was opened" in opened.notice.label.text()
    opened.workspace.runs.calibrate(tmp_path / "data.npz", None, None)
    person.wait()
    assert "as it was when it was opened" in opened.notice.label.text()
    assert not person.dialogs
