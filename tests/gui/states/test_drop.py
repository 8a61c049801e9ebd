"""Which files are taken, and what is said of them."""

from pathlib import Path

import pytest

from tinyml_studio.gui.states.drop import MODEL_FIRST, drop_text, sorted_files


@pytest.mark.parametrize(
    ("names", "is_open", "text"),
    [
        (["m.onnx"], False, "Drop to open m.onnx"),
        (["x.npz", "M.TFLITE"], False, "Drop to open M.TFLITE and calibrate with x.npz"),
        (["x.npz"], True, "Drop to calibrate with x.npz"),
        (["x.npz"], False, MODEL_FIRST),
        (["a.onnx", "b.onnx"], True, "Drop to open a.onnx\n1 other file is not taken"),
        (["a", "b", "c"], True, "Drop to calibrate with a\n2 other files are not taken"),
    ],
)
def test_it_says_what_letting_go_does(names, is_open, text):
    files = sorted_files([Path("folder") / name for name in names])
    assert drop_text(files, is_open=is_open) == text
