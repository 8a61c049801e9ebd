"""A program of many layers, compiled and run on a core, against the plain Python model."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.c.compilers import need
from tests.c.merged import Merged
from tinyml_studio.emit.checksum import layer_checksums
from tinyml_studio.verify.build import Build
from tinyml_studio.verify.cross import build_for, missing_tools
from tinyml_studio.verify.driver import INPUTS, RESULTS, record_type
from tinyml_studio.verify.host import build_host


def build(core: str, header: str, cases: Merged, folder: Path) -> Build:
    """The build for a core, or for this computer; skips the test where tools are missing."""

    def tick() -> None:
        """Nobody watches."""

    if core == "host":
        need("gcc")
        return build_host(header, "net", cases.program, compiler="gcc", folder=folder, tick=tick)
    missing = missing_tools(core)
    if missing:
        pytest.skip("; ".join(missing))
    return build_for(core, header, "net", cases.program, folder=folder, tick=tick)


def differing(core: str, header: str, cases: Merged, folder: Path, *, samples: int) -> list[str]:
    """The layers whose integers on a core are not those of the plain model."""
    made = build(core, header, cases, folder)
    inputs = b"".join(
        cases.values[name][i].tobytes() for i in range(samples) for name in cases.program.inputs
    )
    (folder / INPUTS).write_bytes(inputs)
    subprocess.run(made.command, cwd=folder, check=True, capture_output=True, timeout=120)
    expected = layer_checksums(cases.program, cases.values)
    results = np.frombuffer((folder / RESULTS).read_bytes(), record_type(cases.program))
    wrong = (results["checksums"] != expected).any(axis=0)
    return [layer for layer, bad in zip(cases.program.by_layer, wrong, strict=True) if bad]
