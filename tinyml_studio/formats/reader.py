"""The door for model files: bytes that a stranger made come in, a validated `Graph` goes out."""

from __future__ import annotations

from pathlib import Path

from tinyml_studio.formats.framing import check_framing
from tinyml_studio.formats.source import check_kind, read_bytes
from tinyml_studio.formats.tflite.schema import IDENTIFIER
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, silent


def read_model(path: Path, *, progress: Progress = silent) -> Graph:
    """Read an ONNX model, opset 7 to 23, or a TensorFlow Lite model, float or quantized.

    Nothing of the file is executed, and nothing outside its folder is read. Operators without a
    counterpart become `Opaque` nodes. Convolutions and pools of ONNX stand between Transposes,
    because that file has channels first and the graph channels last.

    Parameters
    ----------
    path
        The model file.
    progress
        Told how far the reading is.

    Raises
    ------
    ModelError
        If the file cannot be read, is no model, or breaks a rule; names the file, the place
        and the reason.
    Cancelled
        If `progress` asks to stop.
    """
    path = Path(path)
    data = read_bytes(path)
    check_kind(data, path)
    # each format's reader is loaded with its first file: the onnx package alone takes as long as
    # all widgets of the window, which starts with no file at all
    if data[4:8] == IDENTIFIER:
        from tinyml_studio.formats.tflite.translate import read_tflite  # noqa: PLC0415

        return read_tflite(data, file=path.name, name=path.stem, progress=progress)
    check_framing(data, path.name)
    from tinyml_studio.formats.structure import parse_model  # noqa: PLC0415
    from tinyml_studio.formats.translate import translate  # noqa: PLC0415

    return translate(parse_model(data, path, progress), path.stem, progress)
