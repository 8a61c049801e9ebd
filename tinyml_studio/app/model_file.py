"""The quantized network as a model file for other engines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from tinyml_studio.app.derived import Derived
from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.emit.stated import stated
from tinyml_studio.errors import ExportError
from tinyml_studio.formats import quantized_writer
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
        gives the simulator's very integers, which takes the arithmetic ``onnx``. A layer that has
        no such operator is written as with ``onnx``; see `real_layers`.

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
    return quantized_writer.write_quantized(
        derived.graph, stated(derived.graph, program), FORMATS[form]
    )


def real_layers(derived: Derived, form: str) -> Mapping[str, str]:
    """Layers that `form` would have as operators on integers, and has as real ones, with why."""
    if FORMATS[form] is Form.PAIRS:
        return {}
    return quantized_writer.real_layers(
        derived.graph, stated(derived.graph, derived.need_program())
    )


def real_note(
    derived: Derived,
    form: str,
    *,
    most: int | None = None,
    names: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The same in a sentence that names the layers, `most` for each reason; empty without any.

    `names` has other names than the model's for them.
    """
    found = real_layers(derived, form)
    if not found:
        return ""
    by_reason: dict[str, list[str]] = {}
    for name, reason in found.items():
        kind = derived.graph.by_name[name].op.kind
        by_reason.setdefault(reason, []).append(f"{names.get(name, name)} ({kind})")
    parts = [f"{reason}: {_listed(names, most)}" for reason, names in by_reason.items()]
    layers = "1 layer stands" if len(found) == 1 else f"{len(found)} layers stand"
    return (
        f"{layers} between DequantizeLinear and QuantizeLinear, where ONNX Runtime may be one unit "
        f"beside the simulator: {'; '.join(parts)}"
    )


def _listed(names: Sequence[str], most: int | None) -> str:
    """Names, the first `most` of them and how many more."""
    shown = names if most is None else names[:most]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def write_model(data: bytes, path: Path) -> Path:
    """Write a model file atomically and return its path; ExportError if that fails."""
    write_atomically(path, data, error=ExportError)
    return path
