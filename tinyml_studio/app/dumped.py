"""Tensors that a device or another engine left in a folder, found by layer name or by order.

A folder holds ``.npy`` files ``(N, *shape)``, or one sample without the first axis, or raw ``.bin``
files with the integers of N samples one after the other, little-endian. A name is that of a layer
or of its tensor, whatever stands in front of it as a number; ``name_00003.bin`` is sample 3 alone.
Where no name fits, files in the order of their names are the layers in order. The folder of
``simulate --trace`` is one of these.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tinyml_studio.app.dump import INDEX
from tinyml_studio.arith.inttype import Int64Array
from tinyml_studio.calibrate.numpy_file import read_npy
from tinyml_studio.errors import DataError
from tinyml_studio.program.program import QuantizedTensor
from tinyml_studio.progress import silent

_KINDS = (".npy", ".bin", ".raw")
_SAMPLE = re.compile(r"(.+?)_(\d{5,})$")
_NUMBERED = re.compile(r"^\d+[_-]")
MAX_BYTES = 1 << 31
_FAR = float(1 << 40)  # steps; what is no number counts as that

Files = tuple[Path, ...]


@dataclass(frozen=True, eq=False)
class Dump:
    """What a folder holds for the layers of a program.

    Parameters
    ----------
    values
        ``(N, *shape)`` by layer, in steps of the layer's grid.
    samples
        N.
    unmatched
        Names of files that belong to no layer.
    """

    values: Mapping[str, Int64Array]
    samples: int
    unmatched: tuple[str, ...]


def read_dump(
    folder: Path,
    layers: Mapping[str, QuantizedTensor],
    *,
    inputs: int,
    unsigned: Container[str] = frozenset(),
) -> Dump:
    """Read what there is for these layers.

    Parameters
    ----------
    folder
        Where.
    layers
        Output tensors by layer, in order; the inputs of the model come first.
    inputs
        How many of them are inputs, which a dump by order may leave out.
    unsigned
        Names of tensors that the model's file has as unsigned integers: of these, arrays of an
        unsigned type are taken so.

    Raises
    ------
    DataError
        If nothing in the folder fits, a file is damaged, or the numbers of samples differ.
    """
    files = _files(folder)
    matched, unmatched = _matched(folder, files, layers, inputs)
    values = {
        name: _values(held, layers[name], unsigned=layers[name].name in unsigned)
        for name, held in matched.items()
    }
    counts = {name: len(array) for name, array in values.items()}
    samples = next(iter(counts.values()))
    for name, count in counts.items():
        if count != samples:
            raise DataError(
                f"{matched[name][0]} holds {count} samples, others in the folder {samples}"
            )
    return Dump(values, samples, unmatched)


def _files(folder: Path) -> dict[str, Files]:
    """Files by their name without suffix and number of the sample, in natural order."""
    try:
        found = [path for path in folder.iterdir() if path.suffix in _KINDS and path.is_file()]
        size = sum(path.stat().st_size for path in found)
    except OSError as error:
        raise DataError(f"{folder} cannot be read", detail=str(error.strerror)) from error
    if size > MAX_BYTES:
        raise DataError(f"{folder} holds {size} bytes of tensors, at most {MAX_BYTES} are read")
    groups: dict[str, list[Path]] = {}
    for path in sorted(found, key=lambda held: _natural(held.name)):
        sample = _SAMPLE.match(path.stem)
        groups.setdefault(sample[1] if sample else path.stem, []).append(path)
    return {name: tuple(held) for name, held in groups.items()}


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts 2 before 10."""
    return [(int(part or 0) if part.isdigit() else -1, part) for part in re.split(r"(\d+)", name)]


def _matched(
    folder: Path, files: Mapping[str, Files], layers: Mapping[str, QuantizedTensor], inputs: int
) -> tuple[dict[str, Files], tuple[str, ...]]:
    """Files by layer, and the names of those that belong to none."""
    if not files:
        raise DataError(f"{folder} holds no tensors", hint="it needs .npy or .bin files")
    keys = _keys(folder, files)
    found = {}
    for layer, tensor in layers.items():
        wanted = {_plain(layer), _plain(tensor.name)}
        held = [name for name in files if keys[name] & wanted]
        if len(held) > 1:
            raise DataError(f"{folder} holds several files for {layer}: {', '.join(held)}")
        if held:
            found[layer] = held[0]
    found = found or _by_order(folder, files, list(layers), inputs)
    rest = tuple(name for name in files if name not in found.values())
    return {layer: files[name] for layer, name in found.items()}, rest


def _keys(folder: Path, files: Mapping[str, Files]) -> dict[str, set[str]]:
    """The names that each file may be meant by."""
    keys = {name: {_plain(name), _plain(_NUMBERED.sub("", name))} for name in files}
    for entry in _index(folder):
        name = Path(str(entry.get("file"))).stem
        if name in keys:
            keys[name] = {_plain(str(entry.get("tensor")))}
    return keys


def _index(folder: Path) -> Sequence[dict[str, Any]]:
    """The entries of a trace's index; none where there is no such file."""
    path = folder / INDEX
    if not path.is_file():
        return ()
    try:
        entries = json.loads(path.read_text("utf-8"))["tensors"]
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise DataError(f"{path} is damaged", detail=str(error)) from error
    return [entry for entry in entries if isinstance(entry, dict)]


def _plain(name: str) -> str:
    """A name without what file systems and engines change in it."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _by_order(
    folder: Path, files: Mapping[str, Files], layers: list[str], inputs: int
) -> dict[str, str]:
    """The k-th file is the k-th layer, with the inputs or without; only where there are as many."""
    for names in (layers, layers[inputs:]):
        if len(names) == len(files):
            return dict(zip(names, files, strict=True))
    raise DataError(
        f"{folder} holds {len(files)} tensors and the network has {len(layers) - inputs} layers",
        detail="no file has the name of a layer, and the order needs one for each",
        hint=f"name a file {_plain(layers[-1])}.npy, for example",
    )


def _values(files: Files, tensor: QuantizedTensor, *, unsigned: bool) -> Int64Array:
    """All samples of one layer, ``(N, *shape)``, in steps of its grid."""
    parts = [_read(path, tensor, unsigned=unsigned) for path in files]
    return np.concatenate(parts)


def _read(path: Path, tensor: QuantizedTensor, *, unsigned: bool) -> Int64Array:
    """One file."""
    if path.suffix != ".npy":
        return _raw(path, tensor)
    rows = read_npy(path, silent)
    array = rows.read(0, rows.shape[0]) if rows.shape else np.zeros(0)
    steps = _steps(array, tensor)
    if unsigned and array.dtype.kind == "u":
        steps = steps - (1 << (tensor.type.bits - 1))
    if array.shape == tensor.shape:
        return steps[None]
    if array.shape[1:] == _channels_first(tensor.shape) != tensor.shape:
        return np.moveaxis(steps, 1, -1)
    if array.ndim == 0 or (array.shape[1:] != tensor.shape and _size(array) != tensor.size):
        raise DataError(
            f"{path} has shape {array.shape}",
            detail=f"the layer gives (N, {', '.join(map(str, tensor.shape))})",
        )
    return steps.reshape(len(array), *tensor.shape)


def _size(array: np.ndarray) -> int:
    """Elements of one sample."""
    return array.size // max(len(array), 1)


def _channels_first(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (*shape[-1:], *shape[:-1])


def _steps(array: np.ndarray, tensor: QuantizedTensor) -> Int64Array:
    """Integers as they are; real values on the tensor's grid."""
    if array.dtype.kind in "iub":
        return array.astype(np.int64)
    steps = np.clip(array.astype(np.float64) / tensor.scale, -_FAR, _FAR)
    return np.rint(np.nan_to_num(steps, nan=_FAR)).astype(np.int64) + tensor.zero_point


def _raw(path: Path, tensor: QuantizedTensor) -> Int64Array:
    """Integers of the tensor's carrier, little-endian, one sample after the other."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read", detail=str(error.strerror)) from error
    if not data or len(data) % tensor.nbytes:
        raise DataError(
            f"{path} holds {len(data)} bytes", detail=f"one sample of the layer has {tensor.nbytes}"
        )
    values = np.frombuffer(data, tensor.type.carrier.newbyteorder("<"))
    return values.astype(np.int64).reshape(-1, *tensor.shape)
