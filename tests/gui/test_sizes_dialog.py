"""A model whose file leaves sizes open is opened with those that the person gives."""

import numpy as np
import pytest
from PySide6.QtCore import QLocale

from tests.formats.files import File
from tinyml_studio.gui.dialogs.sizes_dialog import SizesDialog


@pytest.fixture
def model(tmp_path):
    file = File(2, "T")
    weights = np.random.default_rng(5).normal(size=(3, 2, 5)).astype(np.float32)
    path = tmp_path / "wave.onnx"
    path.write_bytes(file.proto(file.add("Conv", file.x, weights)).SerializeToString())
    return path


@pytest.fixture
def dialog(person, window, model):
    window.commands.open_path(model)
    person.wait()
    return person.dialogs[-1]


def test_the_open_axes_are_asked_for(dialog):
    assert isinstance(dialog, SizesDialog)
    assert list(dialog.fields) == [("x0", 2)]
    assert not dialog.open_button.isEnabled()


@pytest.mark.parametrize(("text", "possible"), [("0", False), ("16000", True), ("", False)])
def test_it_is_opened_with_a_size_only(dialog, text, possible):
    dialog.fields["x0", 2].setText(text)
    assert dialog.open_button.isEnabled() is possible


@pytest.mark.parametrize(("country", "text"), [("en_US", "16,000"), ("de_DE", "16.000")])
def test_a_size_is_read_as_it_is_written_in_the_country(qtbot, theme, country, text):
    usual = QLocale()
    QLocale.setDefault(QLocale(country))
    try:
        dialog = SizesDialog("wave.onnx", [("wave", (None, 2, None))])
        qtbot.addWidget(dialog)
        dialog.fields["wave", 2].setText(text)
        assert dialog.open_button.isEnabled()
        assert dialog.shapes() == {"wave": (1, 2, 16000)}
    finally:
        QLocale.setDefault(usual)


def test_the_model_is_opened_with_the_size(person, window, dialog):
    dialog.fields["x0", 2].setText("40")
    dialog.open_button.click()
    person.wait()
    studio = window.workspace.studio
    assert studio.document.input_shapes == (("x0", (1, 2, 40)),)
    assert studio.derived.graph.inputs[0].shape == (2, 40)


def test_a_size_that_does_not_fit_the_network_is_told(person, window, dialog):
    dialog.fields["x0", 2].setText("3")
    dialog.open_button.click()
    person.wait()
    assert window.workspace.studio is None
    assert "cannot be read" in person.dialogs[-1].text()
