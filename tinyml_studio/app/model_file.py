"""The quantized network as a model file for other engines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tinyml_studio.app.derived import Derived
from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.emit.stated import stated
from tinyml_studio.errors import ExportError
from tinyml_studio.formats.quantized_writer import write_quantized
from tinyml_studio.formats.writer.stated import Form

FORMATS: Mapping[str, Form] = MappingProxyType(
    {"onnx": Form.PAIRS, "onnx-qoperator": Form.OPERATORS}
)
"""Names of the formats besides C."""


def model_bytes(derived: Derived, form: str) -> bytes:
    """The session's integers as an ONNX model.

    Parameters
    ----------
    derived
        Graph and program.
    form
        A name of `FORMATS`: ``onnx`` has real operators between pairs of QuantizeLinear and
        DequantizeLinear and takes any arithmetic; ``onnx-qoperator`` has operators on integers and
        gives the simulator's very integers, which takes the arithmetic ``onnx``.

    Raises
    ------
    StudioError
        If there is no program, no such format, the arithmetic is another, or a layer cannot be
        written.
    """
    if form not in FORMATS:
        raise ExportError(
            f"There is no format {form!r}", hint=f"choose one of {', '.join(FORMATS)}"
        )
    program = derived.need_program()
    if FORMATS[form] is Form.OPERATORS and not program.arithmetic.is_float32:
        raise ExportError(
            f"Operators on integers compute other integers than the arithmetic "
            f"{program.arithmetic.name}",
            hint="choose the arithmetic onnx, or the format onnx",
        )
    return write_quantized(derived.graph, stated(derived.graph, program), FORMATS[form])


def write_model(data: bytes, path: Path) -> Path:
    """Write a model file atomically and return its path; ExportError if that fails."""
    write_atomically(path, data, error=ExportError)
    return path
