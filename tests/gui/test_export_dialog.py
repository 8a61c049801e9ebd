"""The export dialog: C in one file or two, with or without CMSIS-NN, or the network as ONNX."""

import onnx
import pytest

from tinyml_studio.app.exporting import FORMS, MAX_VECTORS
from tinyml_studio.app.model_file import FORMATS as MODELS
from tinyml_studio.gui.dialogs.export_dialog import C_FORMS, FORMATS, MOST_VECTORS
from tinyml_studio.paths import resource


@pytest.fixture
def dialog(person):
    person.open_example("digits")
    person.trigger("file.export")
    return person.dialogs[-1]


def choose(dialog, form):
    dialog.format_box.setCurrentIndex(dialog.format_box.findData(form))


def test_it_offers_what_the_command_line_does():
    assert set(FORMATS) == {*FORMS, *MODELS}
    assert C_FORMS == FORMS
    assert MOST_VECTORS == MAX_VECTORS


@pytest.mark.parametrize("form", FORMATS)
def test_it_asks_for_what_the_format_takes(dialog, form):
    assert dialog.path_edit.text().endswith(".h")
    choose(dialog, form)
    is_c = form in C_FORMS
    for field in (dialog.target_box, dialog.name_edit, dialog.split_box, dialog.test_box):
        assert field.isHidden() is not is_c
    assert dialog.path_edit.text().endswith(".h" if is_c else ".onnx")
    choose(dialog, "c")
    assert dialog.path_edit.text().endswith(".h")


def test_a_model_is_not_offered_the_name_of_the_one_that_it_came_from(dialog):
    header = dialog.path_edit.text()
    for form in ("onnx", "onnx-qoperator"):
        choose(dialog, form)
        assert dialog.path_edit.text() == header.removesuffix(".h") + "_quantized.onnx"
    choose(dialog, "c")
    assert dialog.path_edit.text() == header


def test_it_is_as_high_as_its_rows(dialog, qtbot):
    height = dialog.height()
    choose(dialog, "onnx")
    qtbot.waitUntil(lambda: dialog.height() < 0.7 * height)
    choose(dialog, "c")
    qtbot.waitUntil(lambda: dialog.height() >= dialog.sizeHint().height())


def test_the_network_is_written_as_onnx(person, dialog, tmp_path):
    choose(dialog, "onnx")
    dialog.name_edit.setText("")
    assert dialog.export_button.isEnabled()
    dialog.path_edit.setText(str(tmp_path / "digits.onnx"))
    dialog.accept()
    person.wait()
    kinds = {node.op_type for node in onnx.load(tmp_path / "digits.onnx").graph.node}
    assert {"QuantizeLinear", "DequantizeLinear", "Conv"} <= kinds


def test_header_and_source_are_written_together(person, dialog, tmp_path):
    dialog.path_edit.setText(str(tmp_path / "digits.h"))
    dialog.split_box.click()
    assert "digits.c" in dialog._files.text()
    dialog.test_box.setValue(3)
    dialog.accept()
    person.wait()
    head, source = ((tmp_path / f"digits.{end}").read_text() for end in "hc")
    assert '#include "digits.h"' in source
    assert "DIGITS_IMPLEMENTATION" not in head
    assert "_self_test" in source


def test_a_layer_that_cmsis_nn_does_not_have_is_named(person, dialog, tmp_path):
    choose(dialog, "cmsis-nn")
    dialog.path_edit.setText(str(tmp_path / "digits.h"))
    dialog.accept()
    person.wait()
    front = (tmp_path / "digits.h").read_text().split("*/")[0]
    assert "ReduceMean" in front.split("which kernels here compute:")[1]


def test_what_is_replaced_and_which_macros_there_are_is_said(dialog, tmp_path):
    (tmp_path / "mine.h").write_text("")
    dialog.path_edit.setText(str(tmp_path / "mine.h"))
    assert dialog._files.text() == "Replaces mine.h."
    dialog.name_edit.setText("net")
    assert "NET_WEIGHTS" in dialog._about_name.text()
    dialog.name_edit.setText("")
    assert not dialog.export_button.isEnabled()


def test_the_chip_of_a_file_of_ones_own_stays_chosen(person, window, tmp_path):
    own = tmp_path / "mine.toml"
    own.write_text(resource("targets", "stm32f411re.toml").read_text())
    person.open_example("digits")
    window.workspace.edits.set_target(str(own))
    person.wait()
    person.trigger("file.export")
    assert person.dialogs[-1].choice().target == window.workspace.studio.document.target
    assert "mine" in person.dialogs[-1].target_box.currentText()


def test_layers_without_an_operator_on_integers_are_named(person, window, dialog, tmp_path):
    edits = window.workspace.edits
    edits.set_arithmetic("onnx")
    edits.set_bits(["/stem/stem.0/Conv"], "w8a16")
    person.wait()
    choose(dialog, "onnx-qoperator")
    dialog.path_edit.setText(str(tmp_path / "digits.onnx"))
    dialog.accept()
    person.wait()
    assert (tmp_path / "digits.onnx").exists()
    assert not window.notice.isHidden()
    text = window.notice.label.text()
    assert "layers stand between DequantizeLinear and QuantizeLinear" in text
    assert ": stem.0 (Conv), " in text
