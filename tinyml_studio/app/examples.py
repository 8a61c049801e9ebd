"""The bundled examples: a folder each below `resources/examples/`, described by a TOML file."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.errors import StudioError
from tinyml_studio.paths import resource

DESCRIPTION = "example.toml"


@dataclass(frozen=True, slots=True)
class Example:
    """A model with its data.

    Parameters
    ----------
    name
        What is written on the command line: the folder's name.
    title, description
        For a person: a few words, and a sentence.
    model, calibration, test
        Paths of the ONNX file, of the calibration samples, and of the labelled test samples.
    """

    name: str
    title: str
    description: str
    model: Path
    calibration: Path
    test: Path


def examples() -> tuple[Example, ...]:
    """All bundled examples, sorted by name."""
    folder = resource("examples")
    return tuple(_read(file) for file in sorted(folder.glob(f"*/{DESCRIPTION}")))


def find_example(name: str) -> Example:
    """The example of that name.

    Raises
    ------
    StudioError
        If there is none; names those that there are.
    """
    known = {held.name: held for held in examples()}
    if name in known:
        return known[name]
    close = difflib.get_close_matches(name, known, 1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(known) or 'none'}"
    raise StudioError(f"There is no example {name!r}", hint=hint)


def _read(file: Path) -> Example:
    """One example's description; it is bundled, so a fault in it is a programming error."""
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    folder = file.parent
    return Example(
        name=folder.name,
        title=table["title"],
        description=table["description"],
        model=folder / table["model"],
        calibration=folder / table["calibration"],
        test=folder / table["test"],
    )
