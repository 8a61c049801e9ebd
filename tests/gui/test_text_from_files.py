"""Names of a model file are shown as they are read: plain, cut, without control characters."""

import unicodedata

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PySide6.QtWidgets import QComboBox, QLabel, QTreeWidget, QTreeWidgetItemIterator, QWidget

from tinyml_studio.gui.widgets.labels import ElidedLabel

IMAGE = "<img src=x>"
NAMES = (f"{IMAGE}\n&a", "b\u202eevil\x00\x07" + IMAGE, IMAGE + "c" * 900, "d\t*/ ??/ \\")
LONGEST = 700


@pytest.fixture
def hostile(tmp_path):
    """A chain of dense layers with the worst of names, in a file of such a name, and data."""
    rng, nodes, held, source = np.random.default_rng(1), [], [], IMAGE + "\u202ein"
    graph_input = helper.make_tensor_value_info(source, TensorProto.FLOAT, [1, 6])
    for place, name in enumerate(NAMES):
        weights = rng.normal(size=(6, 6)).astype(np.float32)
        held.append(onnx.numpy_helper.from_array(weights, f"w{place}{IMAGE}"))
        made = f"{IMAGE}out{place}"
        inputs = [source, held[-1].name]
        nodes.append(helper.make_node("MatMul", inputs, [made], name=name.replace("\x00", "")))
        source = made
    output = helper.make_tensor_value_info(source, TensorProto.FLOAT, [1, 6])
    graph = helper.make_graph(nodes, IMAGE, [graph_input], [output], held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    folder = tmp_path / "<b>folder\u202e"
    folder.mkdir()
    onnx.save(model, folder / "<b>model\u202e.onnx")
    np.save(folder / "<b>data\u202e.npy", rng.normal(size=(40, 6)).astype(np.float32))
    return folder / "<b>model\u202e.onnx", folder / "<b>data\u202e.npy"


def texts(widget: QWidget):
    """Everything a widget writes, itself or in a tooltip."""
    yield widget.toolTip()
    if isinstance(widget, QLabel | ElidedLabel):
        yield widget.text()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))
    if isinstance(widget, QTreeWidget):
        items = QTreeWidgetItemIterator(widget)
        while items.value() is not None:
            for column in range(widget.columnCount()):
                yield items.value().text(column)
                yield items.value().toolTip(column)
            items += 1


def is_clean(text: str) -> bool:
    """No control characters but line breaks, none that turn the direction, and not endless."""
    bad = [letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf")]
    return set(bad) <= {"\n"} and len(text) < LONGEST


def test_hostile_names_are_plain_text_everywhere(person, window, hostile):
    model, data = hostile
    window.commands.take_files([model, data])
    person.wait()
    assert not person.dialogs, [held.text() + held.informativeText() for held in person.dialogs]
    assert window.workspace.studio.derived.program is not None
    window.workspace.edits.set_bits((window.workspace.selected,), "w2")
    person.wait()
    assert is_clean(window.windowTitle())
    for name in window.pane_names:
        window.show_pane(name)
        person.wait()
        for widget in [window, *window.findChildren(QWidget)]:
            for text in texts(widget):
                assert is_clean(text), (type(widget).__name__, text[:80])
                assert IMAGE not in text or not isinstance(widget, QLabel) or is_plain(widget)
            assert "<img" not in widget.toolTip().replace("&lt;", ""), widget.toolTip()[:80]
    for column in range(3):
        assert all(is_clean(text) for text in person.cells(column))
    assert any(IMAGE in text for text in person.cells(1))  # they are shown as they are


def is_plain(label: QLabel) -> bool:
    return label.textFormat().name == "PlainText"
