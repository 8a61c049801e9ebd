"""From the bytes of a file to its network and its program."""

from __future__ import annotations

from pathlib import Path

from tinyml_studio.arith.profile import TFLM, Arithmetic
from tinyml_studio.formats.reader import read_model
from tinyml_studio.ir.graph import Graph
from tinyml_studio.lower.lower import lower
from tinyml_studio.passes.prepare import prepare
from tinyml_studio.program.program import Program
from tinyml_studio.quantize.file_grids import file_scheme


def read(data: bytes, folder: Path) -> Graph:
    """The network as a reader makes it."""
    path = folder / "model.tflite"
    path.write_bytes(data)
    return read_model(path)


def lowered(data: bytes, folder: Path, arithmetic: Arithmetic = TFLM) -> tuple[Graph, Program]:
    """The prepared network, and the program of the file's own integers."""
    graph = prepare(read(data, folder))
    return graph, lower(graph, {}, file_scheme(graph), arithmetic)
