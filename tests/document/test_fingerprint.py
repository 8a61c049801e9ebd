"""Fingerprints of models and data sets."""

import hashlib
import os

import pytest

from tinyml_studio.document.fingerprint import sha256


def test_of_a_file_is_its_sha256(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 3_000_000)
    assert sha256(tmp_path / "a") == hashlib.sha256(b"x" * 3_000_000).hexdigest()


def change_content(folder):
    (folder / "sub" / "b").write_bytes(b"other")


def change_name(folder):
    (folder / "a").rename(folder / "c")


def move(folder):
    (folder / "a").rename(folder / "sub" / "a")


def add(folder):
    (folder / "empty").write_bytes(b"")


@pytest.mark.parametrize("change", [change_content, change_name, move, add])
def test_of_a_folder_depends_on_names_and_contents(tmp_path, change):
    (tmp_path / "sub").mkdir()
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "sub" / "b").write_bytes(b"b")
    before = sha256(tmp_path)
    assert before == sha256(tmp_path)
    change(tmp_path)
    assert sha256(tmp_path) != before


def test_what_is_missing_is_an_error(tmp_path):
    with pytest.raises(OSError, match="does not exist"):
        sha256(tmp_path / "none")


def test_a_pipe_is_refused_unread(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="not a regular file"):
        sha256(tmp_path / "pipe")
