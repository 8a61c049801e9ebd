"""Names that files really have: whatever a file system takes, a project lives with."""

import os
import shutil

import pytest

from tinyml_studio.app.examples import find_example
from tinyml_studio.app.recovery import Autosave, leftovers
from tinyml_studio.app.studio import Studio

NAMES = {
    "unicode": "Prüfstand 模型 🧠",
    "hash": "a#b?c&d=e",
    "percent": "100%s %n %2F",
    "newline": "one\ntwo\ttabs",
    "quotes": 'it\'s "quoted" `here` $HOME',
    "dash": "-rf --help",
    "dots": "...",
    "long": "n" * 245,
    "not utf-8": os.fsdecode(b"\xff\xfe latin \xe9"),
    "bidi": "a\u202egnp.exe",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_project_lives_in_any_folder_under_any_name(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy(find_example("motion").model, folder / f"{name}.onnx")
    studio = Studio.open(folder / f"{name}.onnx")
    path = studio.save(folder / f"{name}.tmls")
    studio.set_default(bits="w4a8")
    autosave = Autosave()
    autosave.write(studio.document, studio.path, studio.base)
    os.close(autosave._lock._descriptor)
    (found,) = leftovers()
    again = Studio.open_recovered(found.record)
    assert again.path == path
    again.save()
    found.discard()
    opened = Studio.open(path)
    assert opened.document.model_path == folder / f"{name}.onnx"
    assert opened.document.scheme.default.bits == "w4a8"
    moved = tmp_path / "moved"
    folder.rename(moved)
    assert Studio.open(moved / f"{name}.tmls").document.scheme.default.bits == "w4a8"


def test_a_network_share_that_is_gone_is_an_error_that_names_it(tmp_path):
    shutil.copy(find_example("motion").model, tmp_path / "model.onnx")
    share = tmp_path / "share"
    share.mkdir()
    studio = Studio.open(tmp_path / "model.onnx")
    studio.save(share / "p.tmls")
    share.rename(tmp_path / "elsewhere")
    studio.set_default(bits="w4a8")
    with pytest.raises(Exception, match="share") as caught:
        studio.save()
    assert type(caught.value).__name__ == "SaveError"
    assert studio.dirty
