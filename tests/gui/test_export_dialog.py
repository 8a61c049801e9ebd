"""The export dialog: a C header, or the network as ONNX."""

import onnx
import pytest

from tinyml_studio.gui.dialogs.export_dialog import FORMATS


@pytest.mark.parametrize("form", FORMATS)
def test_it_asks_for_what_the_format_takes(person, window, tmp_path, form):
    person.open_example("digits")
    person.trigger("file.export")
    dialog = person.dialogs[-1]
    assert dialog.path_edit.text().endswith(".h")
    dialog.format_box.setCurrentIndex(dialog.format_box.findData(form))
    is_c = form == "c"
    assert dialog.target_box.isHidden() is not is_c
    assert dialog.name_edit.isHidden() is not is_c
    assert dialog.path_edit.text().endswith(".h" if is_c else ".onnx")
    dialog.format_box.setCurrentIndex(0)
    assert dialog.path_edit.text().endswith(".h")


def test_the_network_is_written_as_onnx(person, window, tmp_path):
    person.open_example("digits")
    person.trigger("file.export")
    dialog = person.dialogs[-1]
    dialog.format_box.setCurrentIndex(dialog.format_box.findData("onnx"))
    dialog.name_edit.setText("")
    assert dialog.export_button.isEnabled()
    dialog.path_edit.setText(str(tmp_path / "digits.onnx"))
    dialog.accept()
    person.wait()
    kinds = {node.op_type for node in onnx.load(tmp_path / "digits.onnx").graph.node}
    assert {"QuantizeLinear", "DequantizeLinear", "Conv"} <= kinds
