"""Text of a project file to a Document, every value checked where it stands."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tinyml_studio.arith.profile import arithmetic
from tinyml_studio.document.budget import read_budget
from tinyml_studio.document.document import Calibration, Document, ReferenceFile
from tinyml_studio.document.migrate import migrate
from tinyml_studio.document.strict_json import Item, JsonFault, Table
from tinyml_studio.errors import SchemeError
from tinyml_studio.quantize.scheme import Granularity, LayerScheme, RangeMethod, Scheme

MAX_SAMPLES = 1 << 40
MAX_SEED = (1 << 63) - 1
MAX_SIZE = (1 << 31) - 1


def decode(root: Item, folder: Path) -> Document:
    """The document of a parsed project file that lies in `folder`.

    Raises
    ------
    JsonFault
        If a value is missing, unknown or wrong; names its place.
    """
    table = migrate(root.table()).only(
        "format",
        "tool",
        "model",
        "data",
        "reference",
        "arithmetic",
        "target",
        "budget",
        "seed",
        "scheme",
    )
    model = table.require("model").table().only("path", "sha256", "input_shapes")
    shapes = model.find("input_shapes")
    table.require("tool").text()
    data, target = table.find("data"), table.find("target")
    reference = table.find("reference")
    return Document(
        model_path=_path(model.require("path"), folder),
        model_sha256=_sha256(model.require("sha256")),
        calibration=None if data is None else _calibration(data.table(), folder),
        scheme=_scheme(table.require("scheme").table()),
        target=None if target is None else target.text(),
        arithmetic=_arithmetic(table.require("arithmetic")),
        seed=table.require("seed").integer(0, MAX_SEED),
        reference=None if reference is None else _reference(reference.table(), folder),
        budget=read_budget(table.find("budget")),
        input_shapes=() if shapes is None else _shapes(shapes.table()),
    )


def _path(item: Item, folder: Path) -> Path:
    """A path, absolute; relative ones start at the project's folder."""
    text = item.text()
    if not text:
        item.fail("a path must not be empty")
    return Path(os.path.normpath(folder / text))


def _sha256(item: Item) -> str:
    """A SHA-256 in hexadecimal."""
    text = item.text()
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        item.fail("64 hexadecimal digits are expected")
    return text


def _arithmetic(item: Item) -> str:
    """Name of an arithmetic that this version has."""
    try:
        return arithmetic(item.text()).name
    except SchemeError as error:
        raise JsonFault(f"{item.place}: {error}") from error


def _reference(table: Table, folder: Path) -> ReferenceFile:
    """The model that this one is held against."""
    table.only("path", "sha256")
    return ReferenceFile(_path(table.require("path"), folder), _sha256(table.require("sha256")))


def _shapes(table: Table) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """The shapes of inputs."""
    return tuple((name, item.sizes(MAX_SIZE)) for name, item in table.items())


def _calibration(table: Table, folder: Path) -> Calibration:
    """The calibration samples."""
    table.only("path", "sha256", "scale", "offset", "samples")
    scale, offset, samples = table.find("scale"), table.find("offset"), table.find("samples")
    return Calibration(
        path=_path(table.require("path"), folder),
        sha256=_sha256(table.require("sha256")),
        scale=None if scale is None else _positive(scale),
        offset=None if offset is None else offset.number(),
        samples=None if samples is None else samples.integer(1, MAX_SAMPLES),
    )


def _positive(item: Item) -> float:
    """A number above zero."""
    number = item.number()
    if number <= 0.0:
        item.fail("a number above 0 is expected")
    return number


def _scheme(table: Table) -> Scheme:
    """The scheme."""
    table.only("default", "percentile", "layers", "ranges", "weight_reach")
    reach = table.find("weight_reach")
    layers = table.require("layers").table()
    ranges = table.require("ranges").table()
    return Scheme(
        default=_layer(table.require("default")),
        layers={name: _layer(item) for name, item in layers.items()},
        ranges={name: _range(item) for name, item in ranges.items()},
        weight_reach={} if reach is None else _reaches(reach.table()),
        percentile=_percentile(table.require("percentile")),
    )


def _reaches(table: Table) -> dict[str, float]:
    """How far the grids of weights reach."""
    return {name: _positive(item) for name, item in table.items()}


def _layer(item: Item) -> LayerScheme:
    """One layer's choice."""
    table = item.table().only("bits", "granularity", "range")
    granularity, method = table.require("granularity"), table.require("range")
    bits = table.require("bits")
    if not re.fullmatch(r"w\d{1,2}a\d{1,2}", bits.text()):
        bits.fail("bits such as w4a8 are expected")
    try:
        widths = LayerScheme().with_bits(bits.text())
    except SchemeError as error:
        raise JsonFault(f"{bits.place}: {error}") from error
    return LayerScheme(
        weight_bits=widths.weight_bits,
        activation_bits=widths.activation_bits,
        granularity=Granularity(_word(granularity, tuple(Granularity))),
        range_method=RangeMethod(_word(method, tuple(RangeMethod))),
    )


def _word(item: Item, words: tuple[str, ...]) -> str:
    """One of a few words."""
    text = item.text()
    if text not in words:
        item.fail(f"one of {', '.join(words)} is expected")
    return text


def _range(item: Item) -> tuple[float, float]:
    """A manual range: low below high."""
    low, high = item.numbers(2)
    if not low < high:
        item.fail("the lower end must lie below the upper one")
    return low, high


def _percentile(item: Item) -> float:
    """A share in percent."""
    number = item.number()
    if not 50.0 < number <= 100.0:
        item.fail("more than 50 and at most 100 percent are possible")
    return number
