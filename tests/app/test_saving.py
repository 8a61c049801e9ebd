"""Saving must not undo what another process has saved meanwhile."""

import shutil
import subprocess
import sys

import pytest

from tinyml_studio.app import saving
from tinyml_studio.app.examples import find_example
from tinyml_studio.app.studio import Studio
from tinyml_studio.errors import ChangedFileError, ProjectError


@pytest.fixture
def project(tmp_path):
    """A project of its own model, not calibrated."""
    shutil.copy(find_example("motion").model, tmp_path / "model.onnx")
    studio = Studio.open(tmp_path / "model.onnx")
    return studio.save(tmp_path / "p.tmls")


def test_two_sessions_do_not_overwrite_each_other(project):
    one, other = Studio.open(project), Studio.open(project)
    one.set_default(bits="w4a8")
    one.save()
    other.set_default(bits="w2a8")
    with pytest.raises(ChangedFileError, match="was changed by another program"):
        other.save()
    assert Studio.open(project).document.scheme.default.bits == "w4a8"
    assert other.dirty
    other.save(project.with_name("q.tmls"))
    assert Studio.open(project.with_name("q.tmls")).document.scheme.default.bits == "w2a8"


def test_one_can_insist(project):
    one, other = Studio.open(project), Studio.open(project)
    one.set_default(bits="w4a8")
    one.save()
    other.set_default(bits="w2a8")
    other.save(overwrite=True)
    assert Studio.open(project).document.scheme.default.bits == "w2a8"
    other.set_default(bits="w3a8")
    other.save()  # its own file again


def test_a_session_saves_as_often_as_it_likes(project):
    studio = Studio.open(project)
    for bits in ("w4a8", "w5a8", "w6a8"):
        studio.set_default(bits=bits)
        studio.save()
    project.unlink()
    studio.save()
    assert project.is_file()


def test_a_state_folder_that_cannot_be_written_keeps_nobody_from_saving(
    project, tmp_path, monkeypatch
):
    (tmp_path / "no").write_bytes(b"")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "no"))
    studio = Studio.open(project)
    studio.set_default(bits="w4a8")
    studio.save()
    assert not studio.dirty


def test_a_lock_that_is_never_given_back_is_told(project, monkeypatch):
    monkeypatch.setattr(saving, "PATIENCE_SECONDS", 0.05)
    held = saving.lock_of(project, "saving")
    assert held.acquire()
    try:
        studio = Studio.open(project)
        studio.set_default(bits="w4a8")
        with pytest.raises(ProjectError, match="is being saved by another process"):
            studio.save()
    finally:
        held.release()


def test_commands_at_the_same_time_lose_no_change(project):
    rows = Studio.open(project).layers
    names = [row.name for row in rows if row.weight_bits is not None][:2]
    command = [sys.executable, "-m", "tinyml_studio", "set", project, "--layer"]
    running = [
        subprocess.Popen(
            [*command, f"{name}=w4a8"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        )
        for name in names
    ]
    told = [process.communicate(timeout=60)[1] for process in running]
    layers = Studio.open(project).document.scheme.layers
    for process, name, text in zip(running, names, told, strict=True):
        assert (process.returncode == 0) == (name in layers)
        assert process.returncode == 0 or "was changed by another program" in text
    assert layers


def test_saving_keeps_the_rows_of_the_layer_table(tmp_path):
    studio = Studio.open_example("motion")
    before = studio.layers
    studio.save(tmp_path / "p.tmls")
    assert not studio.dirty
    assert studio.layers is before
