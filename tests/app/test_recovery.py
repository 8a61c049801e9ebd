"""What is left of a session that ended without order, and which of two states is offered."""

import json
import os
import shutil
import signal
import subprocess
import sys

import pytest

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.recovery import (
    SUFFIX,
    Autosave,
    Kind,
    latest_sequence,
    leftovers,
    recovery_folder,
)
from tinyml_studio.app.studio import Studio
from tinyml_studio.document.project_file import load_project
from tinyml_studio.errors import ChangedFileError, StudioError

CRASH = """
import os, signal, sys
from tinyml_studio.app.recovery import Autosave
from tinyml_studio.app.studio import Studio
studio = Studio.open(sys.argv[1])
studio.set_default(bits="w4a8")
autosave = Autosave(sequence=int(sys.argv[2]))
autosave.write(studio.document, studio.path, studio.base)
studio.set_default(bits="w2a8")
autosave.write(studio.document, studio.path, studio.base)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def project(tmp_path):
    """A project of its own model, not calibrated."""
    shutil.copy(find_example("motion").model, tmp_path / "model.onnx")
    return Studio.open(tmp_path / "model.onnx").save(tmp_path / "p.tmls")


def kill(path):
    """A process that autosaves w4a8, then w2a8, and is killed."""
    ended = subprocess.run([sys.executable, "-c", CRASH, path, "0"], check=False)
    assert ended.returncode == -signal.SIGKILL


def crash(path, sequence=0):
    """The same, but that it is not a process of its own."""
    studio, autosave = Studio.open(path), Autosave(sequence=sequence)
    for bits in ("w4a8", "w2a8"):
        studio.set_default(bits=bits)
        autosave.write(studio.document, studio.path, studio.base)
    os.close(autosave._lock._descriptor)


def only():
    """The one thing that is left."""
    (found,) = leftovers()
    return found


def test_a_killed_session_is_offered_and_opens_as_a_step_that_can_be_undone(project):
    kill(project)
    os.utime(project, (4e9, 4e9))  # a clock that lies: the file seems to be far newer
    found = only()
    assert found.kind is Kind.NEWER
    assert found.name == "p.tmls"
    assert found.record.sequence == 2
    studio = Studio.open_recovered(found.record)
    assert studio.document.scheme.default.bits == "w2a8"
    assert studio.dirty
    assert studio.path == project
    studio.undo()
    assert studio.document == load_project(project)
    assert not studio.dirty
    studio.redo()
    studio.save()
    found.discard()
    assert leftovers() == ()
    assert list(recovery_folder().iterdir()) == []


def test_what_was_saved_meanwhile_is_kept_beside_it(project):
    crash(project)
    other = Studio.open(project)
    other.set_default(bits="w7a8")
    other.save()
    found = only()
    assert found.kind is Kind.DIVERGED
    studio = Studio.open_recovered(found.record)
    assert studio.document.scheme.default.bits == "w2a8"
    with pytest.raises(ChangedFileError):
        studio.save()
    assert load_project(project).scheme.default.bits == "w7a8"
    found.keep()


def test_work_that_is_older_than_its_file_and_says_the_same_is_dropped(project):
    crash(project)
    other = Studio.open(project)
    other.set_default(bits="w2a8")
    other.save()
    assert leftovers() == ()
    assert list(recovery_folder().iterdir()) == []


def test_the_latest_of_several_is_the_first_whatever_the_clock_says(project):
    crash(project, sequence=5)
    (older,) = recovery_folder().glob(f"*{SUFFIX}")
    crash(project, sequence=9)
    os.utime(older, (4e9, 4e9))
    found = leftovers()
    assert [held.record.sequence for held in found] == [11, 7]
    assert latest_sequence(found) == 11
    for held in found:
        held.keep()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("w2a8", "w3a8", 1),
        lambda text: "",
        lambda text: "[]",
        lambda text: text.replace('"record": "', '"record": "x', 1),
        lambda text: "\udcff" + text,
    ],
)
def test_damaged_work_is_told_and_kept(project, damage):
    crash(project)
    (file,) = recovery_folder().glob(f"*{SUFFIX}")
    damaged = damage(file.read_text()).encode("utf-8", "surrogateescape")
    file.write_bytes(damaged)
    found = only()
    assert found.kind is Kind.DAMAGED
    assert found.reason
    assert not found.kind.can_be_opened
    found.keep()
    assert file.read_bytes() == damaged


def test_work_of_a_newer_version_is_told_and_kept(project):
    crash(project)
    (file,) = recovery_folder().glob(f"*{SUFFIX}")
    held = json.loads(file.read_text())
    file.write_text(json.dumps({**held, "recovery": 2, "record": {"other": "shape"}}))
    found = only()
    assert found.kind is Kind.FOREIGN
    assert "newer" in found.reason
    found.keep()
    assert file.exists()


def test_work_without_a_project_file_is_a_session_that_was_never_saved(project):
    crash(project)
    project.unlink()
    found = only()
    assert found.kind is Kind.UNSAVED
    studio = Studio.open_recovered(found.record)
    assert studio.path is None
    assert studio.dirty
    assert studio.document.scheme.default.bits == "w2a8"
    found.discard()


def test_a_living_session_is_not_offered(project):
    studio = Studio.open(project)
    studio.set_default(bits="w4a8")
    autosave = Autosave()
    autosave.write(studio.document, studio.path, studio.base)
    assert leftovers() == ()
    autosave.discard()
    assert list(recovery_folder().iterdir()) == []
    autosave.write(studio.document, studio.path, studio.base)
    assert list(recovery_folder().iterdir()) == []


def test_two_that_start_at_once_are_not_both_offered_the_same(project):
    crash(project)
    first = only()
    assert leftovers() == ()
    first.keep()
    assert only().kind is Kind.NEWER


def test_an_autosave_that_cannot_be_written_says_why(project, tmp_path):
    studio = Studio.open(project)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StudioError, match="cannot be written"):
        Autosave(folder=tmp_path / "file").write(studio.document, None, None)
    assert leftovers(tmp_path / "file") == ()
