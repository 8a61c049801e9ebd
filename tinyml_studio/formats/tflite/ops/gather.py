"""GATHER by constant indices, TILE, BROADCAST_TO, MIRROR_PAD, REVERSE_V2: positions by indices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tinyml_studio.formats.limits import MAX_DIM
from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Gather, Reshape

Indices = tuple[int, ...] | None


def convert_gather(emitter: Emitter) -> tuple[Tensor, ...]:
    """A list of indices keeps the axis, a single one drops it."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    if emitter.option(1, "<i4"):
        raise Refused("its indices differ from sample to sample")
    axis = sample_axis(emitter.option(0, "<i4"), len(shape))
    indices = emitter.integers(1)
    if emitter.wire(1).shape not in ((), (len(indices),)):
        raise Refused("its indices are no list")
    if not indices or not all(0 <= index < shape[axis] for index in indices):
        raise Malformed(f"its indices leave an axis of size {shape[axis]}")
    op = Gather(tuple(indices if place == axis else None for place in range(len(shape))))
    if emitter.wire(1).shape:
        return emitter.finish(op, source)
    taken = emitter.add(op, source, grid=source.grid)
    return emitter.finish(Reshape((*shape[:axis], *shape[axis + 1 :])), taken)


def convert_tile(emitter: Emitter) -> tuple[Tensor, ...]:
    """Every axis so many times behind itself."""
    shape = emitter.computed()[1]
    counts = emitter.integers(1)
    if len(counts) != len(shape) + 1 or min(counts) < 1:
        raise Malformed(f"it repeats {counts} times on {len(shape) + 1} axes")
    if counts[0] != 1:
        raise Refused("it repeats the batch")
    _check_size(size * count for size, count in zip(shape, counts[1:], strict=True))
    return _finish(
        emitter,
        [
            None if count == 1 else tuple(range(size)) * count
            for size, count in zip(shape, counts[1:], strict=True)
        ],
        "Tile",
    )


def convert_reverse(emitter: Emitter) -> tuple[Tensor, ...]:
    """Axes from their end to their beginning."""
    shape = emitter.computed()[1]
    axes = {sample_axis(axis, len(shape)) for axis in emitter.integers(1)}
    taken = [
        tuple(reversed(range(size))) if axis in axes else None for axis, size in enumerate(shape)
    ]
    return _finish(emitter, taken, "Reverse")


def convert_broadcast_to(emitter: Emitter) -> tuple[Tensor, ...]:
    """Axes of one value are repeated."""
    shape, wanted = emitter.computed()[1], emitter.output_shape()
    pairs = list(zip(shape, wanted, strict=False))
    if len(shape) != len(wanted) or any(size not in (1, count) for size, count in pairs):
        raise Refused(f"it makes {wanted} of the shape {shape}")
    taken = [None if size == count else (0,) * count for size, count in pairs]
    return _finish(emitter, taken, "BroadcastTo")


def convert_mirror_pad(emitter: Emitter) -> tuple[Tensor, ...]:
    """Padding by reflection, with or without the outermost value itself."""
    shape = emitter.computed()[1]
    flat = emitter.integers(1)
    pads = list(zip(flat[::2], flat[1::2], strict=False))
    symmetric = emitter.option(0, "i1") == 1
    if len(flat) != 2 * (len(shape) + 1) or pads[0] != (0, 0):
        raise Refused("it pads the batch, or not every axis")
    for size, pair in zip(shape, pads[1:], strict=True):
        if min(pair) < 0 or max(pair) > size - (not symmetric):
            raise Malformed(f"its padding {pair} is larger than an axis of {size}")
    mode = "symmetric" if symmetric else "reflect"
    return _finish(
        emitter,
        [
            None if pair == (0, 0) else mirrored(size, pair, mode)
            for size, pair in zip(shape, pads[1:], strict=True)
        ],
        "MirrorPad",
    )


def mirrored(size: int, pair: tuple[int, int], mode: str) -> tuple[int, ...]:
    """Indices of an axis that is padded as `numpy.pad` does it."""
    padded = np.pad(np.arange(size), pair, mode=mode)  # type: ignore[call-overload]
    return tuple(padded.tolist())


def _finish(emitter: Emitter, taken: Sequence[Indices], label: str) -> tuple[Tensor, ...]:
    emitter.keep_grid()
    return emitter.finish(Gather(tuple(taken), label), emitter.computed()[0])


def _check_size(sizes: Iterable[int]) -> None:
    if any(size > MAX_DIM for size in sizes):
        raise Malformed("its output is too large")
