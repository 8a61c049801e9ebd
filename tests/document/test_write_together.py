"""Files that belong together: all are written, or none."""

from pathlib import Path

import pytest

from tinyml_studio.document.atomic import write_together
from tinyml_studio.errors import ProjectError


def content(folder: Path) -> dict[str, bytes]:
    return {item.name: item.read_bytes() for item in folder.iterdir() if item.is_file()}


@pytest.mark.parametrize("old", [{}, {"a": b"1"}, {"b": b"2"}, {"a": b"1", "b": b"2"}])
def test_all_are_written(tmp_path, old):
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    write_together({tmp_path / "a": b"new", tmp_path / "b": b"also"})
    assert content(tmp_path) == {"a": b"new", "b": b"also"}


@pytest.mark.parametrize("old", [{}, {"a": b"1"}, {"a": b"1", "b": b"2"}])
@pytest.mark.parametrize("fails", [1, 2])
def test_when_one_cannot_take_its_place_all_stay_as_they_were(tmp_path, monkeypatch, old, fails):
    for name, data in old.items():
        (tmp_path / name).write_bytes(data)
    calls = []
    replace = Path.replace

    def failing(self, target):
        calls.append(target)
        if len(calls) == fails:
            raise OSError(28, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(ProjectError, match="No space left"):
        write_together({tmp_path / "a": b"new", tmp_path / "b": b"also"})
    assert content(tmp_path) == old


def test_a_folder_in_the_place_of_the_second_is_found_before_the_first_is_written(tmp_path):
    (tmp_path / "b").mkdir()
    with pytest.raises(ProjectError, match="b is no regular file"):
        write_together({tmp_path / "a": b"new", tmp_path / "b": b"also"})
    assert content(tmp_path) == {}
