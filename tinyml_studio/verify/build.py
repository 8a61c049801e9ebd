"""A built program that can be run over a file of samples, and the sources it is built of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tinyml_studio.errors import ToolError
from tinyml_studio.paths import resource
from tinyml_studio.program.program import Program
from tinyml_studio.verify.driver import checked_source, driver_source, model_source
from tinyml_studio.verify.report import Run

HEADER = "model.h"
MODEL = "model.c"
CHECKED = "checked.c"
DRIVER = "driver.c"
HARNESS_FLAGS = ("-O2", "-fno-builtin")


@dataclass(frozen=True, slots=True)
class Build:
    """A program that reads ``inputs`` and writes ``results`` in its folder.

    Parameters
    ----------
    run
        What is known before it ran.
    folder
        Where it runs.
    command
        How it is called.
    instructions_per_tick
        What one tick of its counter stands for; 0 if it counts nothing.
    """

    run: Run
    folder: Path
    command: tuple[str | Path, ...]
    instructions_per_tick: float = 0.0


def write_sources(program: Program, prefix: str, header: str, folder: Path) -> None:
    """Write header, model, checked model and driver into a folder."""
    texts = {
        HEADER: header,
        MODEL: model_source(prefix, HEADER),
        CHECKED: checked_source(program, prefix, HEADER),
        DRIVER: driver_source(program, prefix, HEADER),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="ascii", newline="\n")


def firmware(*parts: str) -> Path:
    """A bundled C source, header or linker script; without parts their folder."""
    return resource("firmware", *parts)


def stated_bytes(header: str, prefix: str, what: str) -> int:
    """A size that the header states, as ``ARENA_BYTES``."""
    start = f"#define {prefix.upper()}_{what} "
    for line in header.splitlines():
        if line.startswith(start):
            return int(line.removeprefix(start))
    raise ToolError(f"The header does not state {prefix.upper()}_{what}")
