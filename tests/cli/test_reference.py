"""``--reference``: a quantized model held against its float original."""

import pytest

from tests.formats.tflite.networks import image_network


@pytest.fixture
def quantized(tmp_path):
    path = tmp_path / "q.tflite"
    path.write_bytes(image_network("int8").encode())
    return path


@pytest.fixture
def original(tmp_path):
    path = tmp_path / "float.tflite"
    path.write_bytes(image_network("float32").encode())
    return path


def test_a_reference_is_set_named_and_taken_away(call, quantized, original, tmp_path):
    project = tmp_path / "p.tmls"
    assert call("quantize", quantized, "--reference", original, "-o", project).status == 0
    inspected = call("evaluate", project)
    assert inspected.status == 2  # no samples yet
    assert call("set", project, "--reference", "none").status == 0
    assert "reference" not in project.read_text()
    assert call("set", project, "--reference", original).status == 0
    assert '"reference": {"path": "float.tflite"' in project.read_text()


def test_a_wrong_reference_is_one_message(call, example, quantized, tmp_path):
    done = call("quantize", quantized, "--reference", example.model, "-o", tmp_path / "p.tmls")
    assert done.status == 2
    assert "cannot be the reference" in done.err
    assert not (tmp_path / "p.tmls").exists()
