"""Document to the text of a project file: fixed order, one layer to a line."""

from __future__ import annotations

import json
from pathlib import Path

from tinyml_studio.document.budget import Budget, budget_members
from tinyml_studio.document.document import Calibration, Document, ReferenceFile
from tinyml_studio.document.migrate import FORMAT
from tinyml_studio.quantize.scheme import LayerScheme, Scheme
from tinyml_studio.version import __version__


def encode(document: Document, folder: Path) -> str:
    """Text of the project file of a document, for a file in `folder`."""
    members = {
        "format": str(FORMAT),
        "tool": _line(f"tinyml-studio {__version__}"),
        "model": _line(_model(document, folder)),
        "data": _line(_calibration(document.calibration, folder)),
        **_reference(document.reference, folder),
        "arithmetic": _line(document.arithmetic),
        "target": _line(document.target),
        **_budget(document.budget),
        "seed": _line(document.seed),
        "scheme": _scheme(document.scheme),
    }
    return _block(members, "") + "\n"


def _model(document: Document, folder: Path) -> dict[str, object]:
    """The model's file, and the sizes that it leaves open, where there are any."""
    held: dict[str, object] = {
        "path": portable(document.model_path, folder),
        "sha256": document.model_sha256,
    }
    if document.input_shapes:
        held["input_shapes"] = {name: list(shape) for name, shape in document.input_shapes}
    return held


def portable(path: Path, folder: Path) -> str:
    """Relative to `folder` with forward slashes when the path lies inside it, else as it is."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return str(path)


def _budget(held: Budget) -> dict[str, str]:
    """The limits, where there are any."""
    return {"budget": _line(budget_members(held))} if held else {}


def _reference(held: ReferenceFile | None, folder: Path) -> dict[str, str]:
    """The reference, where there is one."""
    if held is None:
        return {}
    return {"reference": _line({"path": portable(held.path, folder), "sha256": held.sha256})}


def _calibration(held: Calibration | None, folder: Path) -> dict[str, object] | None:
    """The calibration samples as a JSON object."""
    if held is None:
        return None
    return {
        "path": portable(held.path, folder),
        "sha256": held.sha256,
        "scale": held.scale,
        "offset": held.offset,
        "samples": held.samples,
    }


def _scheme(scheme: Scheme) -> str:
    """The scheme as text: one layer and one range to a line, so that a diff shows decisions."""
    layers = {name: _line(_layer(held)) for name, held in scheme.layers.items()}
    ranges = {name: _line(list(held)) for name, held in scheme.ranges.items()}
    members = {
        "default": _line(_layer(scheme.default)),
        "percentile": _line(scheme.percentile),
        "layers": _block(layers, "    "),
        "ranges": _block(ranges, "    "),
    }
    if scheme.weight_reach:
        reach = {name: _line(held) for name, held in scheme.weight_reach.items()}
        members["weight_reach"] = _block(reach, "    ")
    return _block(members, "  ")


def _layer(held: LayerScheme) -> dict[str, object]:
    """One layer's choice as a JSON object."""
    return {
        "bits": held.bits,
        "granularity": held.granularity.value,
        "range": held.range_method.value,
    }


def _block(members: dict[str, str], indent: str) -> str:
    """An object whose members are texts already, one to a line."""
    if not members:
        return "{}"
    lines = [f"{indent}  {json.dumps(key)}: {text}" for key, text in members.items()]
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def _line(value: object) -> str:
    """A value on one line; ASCII only, so that any path of any file system comes back."""
    return json.dumps(value, allow_nan=False)
