from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings

from tinyml_studio.gui.settings import MOST_RECENT, WindowSettings
from tinyml_studio.gui.theme import ThemeChoice


def test_recent_files_are_the_latest_first_and_once(settings):
    for number in range(MOST_RECENT + 3):
        settings.add_recent(Path(f"/m/{number}.onnx"))
    settings.add_recent(Path("/m/5.onnx"))
    assert settings.recent[0] == Path("/m/5.onnx")
    assert len(settings.recent) == len(set(settings.recent)) == MOST_RECENT
    settings.forget_recent()
    assert settings.recent == ()


def test_settings_survive_a_restart(settings, tmp_path):
    settings.theme = ThemeChoice.LIGHT
    settings.log_axis = True
    settings.target = "esp32"
    settings.folder = "/data"
    settings.add_recent(Path("/m/one.onnx"))
    settings.save_layout(QByteArray(b"g"), QByteArray(b"s"))
    settings._store.sync()
    again = WindowSettings(QSettings(settings._store.fileName(), QSettings.Format.IniFormat))
    assert again.theme is ThemeChoice.LIGHT
    assert again.log_axis
    assert (again.target, again.folder) == ("esp32", "/data")
    assert again.recent == (Path("/m/one.onnx"),)
    assert again.layout() == (QByteArray(b"g"), QByteArray(b"s"))


@pytest.mark.parametrize(
    "damage", [b"\x00\xff\xfe garbage", b"[General]\ntheme=@Variant(x)\n", b""]
)
def test_damaged_settings_are_as_good_as_none(tmp_path, damage):
    path = tmp_path / "bad.ini"
    path.write_bytes(damage)
    settings = WindowSettings(QSettings(str(path), QSettings.Format.IniFormat))
    assert settings.theme is ThemeChoice.SYSTEM
    assert settings.recent == ()
    assert settings.layout() is None
    assert not settings.log_axis


def test_frozen_settings_remember_nothing(settings):
    settings.is_frozen = True
    settings.theme = ThemeChoice.DARK
    settings.add_recent(Path("/m/one.onnx"))
    assert settings.theme is ThemeChoice.SYSTEM
    assert settings.recent == ()
