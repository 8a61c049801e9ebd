"""Preferences are few, and hold at once and at the next start."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSettings

from tinyml_studio.app.examples import find_example
from tinyml_studio.gui.dialogs.preferences_dialog import PreferencesDialog
from tinyml_studio.gui.settings import AUTOSAVE_SECONDS, LIVE_SAMPLES, WindowSettings
from tinyml_studio.gui.theme import ThemeChoice


def choose(box, value):
    place = box.findData(value)
    assert place >= 0
    box.setCurrentIndex(place)


def test_preferences_hold_at_once(person, window):
    person.open_example("motion")
    person.trigger("edit.preferences")
    dialog = person.dialogs[-1]
    assert isinstance(dialog, PreferencesDialog)
    choose(dialog.theme_box, ThemeChoice.LIGHT)
    choose(dialog.live_box, 16)
    choose(dialog.target_box, "esp32")
    choose(dialog.arithmetic_box, "pow2")
    choose(dialog.autosave_box, 5)
    dialog.accept()
    person.wait()
    held = window.settings
    assert (held.target, held.arithmetic, held.autosave_seconds) == ("esp32", "pow2", 5)
    assert not window.theme.colours.is_dark
    assert window.workspace.figures.evaluation.samples == 16


def test_cancelled_preferences_change_nothing(person, window):
    person.trigger("edit.preferences")
    dialog = person.dialogs[-1]
    choose(dialog.live_box, 16)
    dialog.reject()
    assert window.settings.live_samples == LIVE_SAMPLES


def test_a_float_model_begins_with_the_arithmetic_of_the_preferences(person, window):
    window.settings.arithmetic = "pow2"
    window.commands.take_preferences()
    window.commands.open_path(find_example("motion").model)
    person.wait()
    studio = window.workspace.studio
    assert studio.document.arithmetic == "pow2"
    assert not studio.dirty
    assert not studio.can_undo


@pytest.mark.parametrize("held", ["", "many", "-5", "65", None, ["16", "32"]])
def test_numbers_that_are_not_offered_count_as_missing(tmp_path, held):
    store = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    store.setValue("live_samples", held)
    store.setValue("autosave_seconds", held)
    store.setValue("arithmetic", held)
    settings = WindowSettings(store)
    assert settings.live_samples == LIVE_SAMPLES
    assert settings.autosave_seconds == AUTOSAVE_SECONDS
    assert settings.arithmetic == ""


def test_damaged_settings_are_told(tmp_path):
    path = tmp_path / "s.ini"
    path.write_bytes(b"\x00\xff[[[garbage\n=\n")
    settings = WindowSettings(QSettings(str(path), QSettings.Format.IniFormat))
    assert "damaged" in settings.fault()


def test_settings_that_cannot_be_kept_are_told(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = QSettings(str(tmp_path / "file" / "s.ini"), QSettings.Format.IniFormat)
    settings = WindowSettings(store)
    settings.target = "esp32"
    assert "cannot be kept" in settings.fault()


def test_settings_that_are_well_say_nothing(settings):
    assert settings.fault() == ""
