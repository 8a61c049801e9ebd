"""What an integer run leaves on disc: the header's bytes per sample, every layer's integers."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.document.atomic import write_atomically
from tinyml_studio.errors import ExportError
from tinyml_studio.program.program import Program
from tinyml_studio.simulate.run import Trace

INDEX = "index.json"
_TRACE_FILE = re.compile(r"\d{3,}_[A-Za-z0-9_]*\.npy")
_DEVICE_FILE = re.compile(r"(in|out)put_(\d+_)?\d{5,}\.bin")


class DeviceDump:
    """Per sample ``input_00000.bin`` and ``output_00000.bin``, as the header takes and gives them.

    Channels last, little-endian carriers; further inputs are ``input_1_00000.bin`` and so on, as
    the header's accessors are numbered.

    Parameters
    ----------
    folder
        Made when it is missing; files of an earlier dump in it are removed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._written = 0
        _clear(folder, lambda name: _DEVICE_FILE.fullmatch(name) is not None)

    def add(self, inputs: Sequence[IntArray], outputs: Sequence[IntArray]) -> None:
        """Write the samples ``(N, *shape)`` of a batch; ExportError when that fails."""
        for word, arrays in (("input", inputs), ("output", outputs)):
            for position, values in enumerate(arrays):
                name = word if position == 0 else f"{word}_{position}"
                ordered = _little_endian(values)
                for sample, row in enumerate(ordered, self._written):
                    _write(self._folder / f"{name}_{sample:05d}.bin", row.tobytes())
        self._written += len(inputs[0])


class TraceDump:
    """One ``.npy`` ``(N, *shape)`` of integers per tensor, and an index of them.

    The index is written last: where it stands, the dump is complete.

    Parameters
    ----------
    folder
        Made when it is missing; a dump that stood there is removed.
    program
        What is run.
    samples
        N, how many samples will be added.
    """

    def __init__(self, folder: Path, program: Program, samples: int) -> None:
        self._folder = folder
        self._samples = samples
        self._layers = _traced(program)
        _clear(folder, lambda name: name == INDEX or _TRACE_FILE.fullmatch(name) is not None)
        for entry in self._layers:
            kind = program.tensors[entry["tensor"]].type.carrier
            shape = (samples, *entry["shape"])
            _write_header(folder / entry["file"], shape, kind)

    def add(self, trace: Trace) -> None:
        """Append the samples of a trace; ExportError when that fails."""
        for entry in self._layers:
            data = _little_endian(trace.values[entry["tensor"]]).tobytes()
            _append(self._folder / entry["file"], data)

    def finish(self) -> None:
        """Write the index."""
        document = {"samples": self._samples, "layout": "channels last", "tensors": self._layers}
        text = json.dumps(document, indent=2) + "\n"
        write_atomically(self._folder / INDEX, text.encode(), error=ExportError)


def _traced(program: Program) -> list[dict[str, Any]]:
    """The entries of the index: inputs of the model, then one per instruction."""
    made = [("input", name) for name in program.inputs]
    made += [(item.layer, item.output) for item in program.instructions]
    entries = []
    for position, (layer, name) in enumerate(made):
        tensor = program.tensors[name]
        word = re.sub(r"[^A-Za-z0-9]+", "_", name).strip("_")[-40:]
        entries.append(
            {
                "layer": layer,
                "tensor": name,
                "file": f"{position:03d}_{word}.npy",
                "shape": list(tensor.shape),
                "type": str(tensor.type),
                "scale": tensor.scale,
                "zero_point": tensor.zero_point,
            }
        )
    return entries


def _little_endian(values: IntArray) -> IntArray:
    """The same values in C order with the byte order of all our targets."""
    ordered = np.ascontiguousarray(values)
    return ordered.astype(ordered.dtype.newbyteorder("<"), copy=False)


def _clear(folder: Path, ours: Callable[[str], bool]) -> None:
    """Make the folder, and remove from it what an earlier dump left."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for item in folder.iterdir():
            if ours(item.name) and not item.is_dir():
                item.unlink()
    except OSError as error:
        raise _failed(folder, error) from error


def _write(file: Path, data: bytes) -> None:
    """Write a file; many small ones, of which each run makes all again, need no sync."""
    try:
        file.write_bytes(data)
    except OSError as error:
        raise _failed(file, error) from error


def _write_header(file: Path, shape: tuple[int, ...], kind: np.dtype[Any]) -> None:
    """Begin an ``.npy`` whose data are appended later."""
    described = {"descr": kind.newbyteorder("<").str, "fortran_order": False, "shape": shape}
    buffer = io.BytesIO()
    np.lib.format.write_array_header_2_0(buffer, described)
    _write(file, buffer.getvalue())


def _append(file: Path, data: bytes) -> None:
    """Append to a file."""
    try:
        with file.open("ab") as stream:
            stream.write(data)
    except OSError as error:
        raise _failed(file, error) from error


def _failed(path: Path, error: OSError) -> ExportError:
    """What a person is told."""
    return ExportError(f"{path} cannot be written", detail=error.strerror or type(error).__name__)
