"""Atomic writes: complete or not at all."""

import os
import stat
from pathlib import Path

import pytest

from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.errors import ExportError, ProjectError


def left_over(folder: Path) -> list[str]:
    return [item.name for item in folder.iterdir() if item.name.startswith(".")]


def test_a_new_file_obeys_the_umask(tmp_path):
    held = os.umask(0o027)
    try:
        write_atomically(tmp_path / "a", b"new")
    finally:
        os.umask(held)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_an_old_file_keeps_its_permissions(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o600)
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o600


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_a_name_of_the_greatest_length_works(tmp_path):
    write_atomically(tmp_path / ("n" * 255), b"new")
    assert (tmp_path / ("n" * 255)).read_bytes() == b"new"


@pytest.mark.parametrize("call", ["write", "fsync", "replace"])
def test_a_failing_call_leaves_the_old_file(tmp_path, monkeypatch, call):
    def fail(*_):
        raise OSError(28, "No space left on device")

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(*((Path, "replace") if call == "replace" else (os, call)), fail)
    with pytest.raises(ProjectError, match="No space left") as caught:
        write_atomically(tmp_path / "a", b"new")
    assert str(tmp_path / "a") in str(caught.value)
    assert (tmp_path / "a").read_bytes() == b"old"
    assert left_over(tmp_path) == []


def test_short_writes_are_continued(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:3]))
    write_atomically(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"0123456789"


@pytest.mark.parametrize("lie", [lambda _, data: len(data), lambda _, data: 0 * len(data)])
def test_a_write_that_lies_is_noticed(tmp_path, monkeypatch, lie):
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(os, "write", lie)
    with pytest.raises(ProjectError, match="only a part"):
        write_atomically(tmp_path / "a", b"0123456789")
    assert (tmp_path / "a").read_bytes() == b"old"


def test_a_full_device_is_an_error(tmp_path):
    with pytest.raises(ExportError, match="/dev/full"):
        write_atomically(Path("/dev/full"), b"new", error=ExportError)
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ProjectError, match="it is a folder"):
        write_atomically(tmp_path, b"new")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ProjectError, match="No such file or directory"):
        write_atomically(tmp_path / "no" / "a", b"new")


def test_a_folder_that_may_be_written_but_not_read_is_enough(tmp_path, monkeypatch):
    real = os.open

    def refuse(path, flags, *mode):
        if Path(path) == tmp_path:
            raise PermissionError(13, "Permission denied")
        return real(path, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)
    write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
