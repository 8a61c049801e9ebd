"""The door for model files: bytes that a stranger made come in, a validated `Graph` goes out."""

from __future__ import annotations

from pathlib import Path

from tinyml_studio.formats.framing import check_framing
from tinyml_studio.formats.input_shapes import NO_SHAPES, InputShapes
from tinyml_studio.formats.source import check_kind, read_bytes
from tinyml_studio.formats.tflite.schema import IDENTIFIER
from tinyml_studio.ir.graph import Graph
from tinyml_studio.progress import Progress, silent


def read_model(
    path: Path, *, shapes: InputShapes = NO_SHAPES, progress: Progress = silent
) -> Graph:
    """Read an ONNX model, opset 7 to 23, or a TensorFlow Lite model, float or quantized.

    Nothing of the file is executed, and nothing outside its folder is read. Operators without a
    counterpart become `Opaque` nodes. Convolutions and pools of ONNX stand between Transposes,
    because that file has channels first and the graph channels last.

    Parameters
    ----------
    path
        The model file.
    shapes
        Of inputs with axes whose size the file leaves open, by their names, with the batch.
    progress
        Told how far the reading is.

    Raises
    ------
    ModelError
        If the file cannot be read, is no model, or breaks a rule; names file, place and reason.
    OpenSizesError
        If an axis of an input has no size, nor is one given.
    Cancelled
        If `progress` asks to stop.
    """
    data = read_bytes(path)
    check_kind(data, path)
    # each format's reader is loaded with its first file: the onnx package alone takes as long as
    # all widgets of the window, which starts with no file at all
    if data[4:8] == IDENTIFIER:
        from tinyml_studio.formats.tflite.translate import read_tflite  # noqa: PLC0415

        return read_tflite(data, file=path.name, name=path.stem, shapes=shapes, progress=progress)
    check_framing(data, path.name)
    from tinyml_studio.formats.structure import parse_model  # noqa: PLC0415
    from tinyml_studio.formats.translate import translate  # noqa: PLC0415

    return translate(parse_model(data, path, progress), path.stem, progress, shapes)
