"""Random operators that only move values."""

from __future__ import annotations

import math

from tests.reference import draw
from tests.reference.draw import Rng
from tests.reference.parts import Parts
from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.ir.ops import Coordinates
from tinyml_studio.lower.rules.resize_bilinear import fine_places, float32_places, places
from tinyml_studio.program.instructions import (
    Concat,
    Gather,
    Pad,
    Reshape,
    ResizeBilinear,
    ResizeBilinearFloat32,
    Slice,
    Transpose,
)
from tinyml_studio.program.instructions.resizing import COARSE_BITS, FINE_BITS
from tinyml_studio.program.program import QuantizedTensor


def concat(rng: Rng) -> Parts:
    shape, bits = _shape(rng), draw.activation_bits(rng)
    axis = draw.below(rng, 0, len(shape) - 1)
    count = draw.below(rng, 2, 4)
    extents = [draw.below(rng, 1, 4) for _ in range(count)]
    y = draw.tensor(rng, "y", _with_extent(shape, axis, sum(extents)), bits)
    parts = tuple(
        draw.tensor(rng, f"x{i}", _with_extent(shape, axis, n), bits, zero_point=y.zero_point)
        for i, n in enumerate(extents)
    )
    constants: dict[str, IntArray] = {}
    if draw.chance(rng, 0.2):
        constants["x1"] = draw.values(rng, parts[1], 1)[0]
    names = tuple(part.name for part in parts)
    return Parts(Concat(layer="layer", inputs=names, output="y", axis=axis), parts, y, constants)


def slice_(rng: Rng) -> Parts:
    shape = _shape(rng)
    ranges = [_range(rng, extent) for extent in shape]
    starts, sizes, steps = zip(*ranges, strict=True)
    x, y = _same_grid(rng, shape, sizes)
    instruction = Slice(
        layer="layer", inputs=("x",), output="y", starts=starts, sizes=sizes, steps=steps
    )
    return Parts(instruction, (x,), y)


def _range(rng: Rng, extent: int) -> tuple[int, int, int]:
    """Start, size and step (forwards or backwards) within an extent."""
    step = draw.below(rng, 1, 3)
    start = draw.below(rng, 0, extent - 1)
    if draw.chance(rng, 0.3):
        return start, draw.below(rng, 1, start // step + 1), -step
    return start, draw.below(rng, 1, (extent - 1 - start) // step + 1), step


def pad(rng: Rng) -> Parts:
    shape = _shape(rng)
    pads = tuple((draw.below(rng, 0, 2), draw.below(rng, 0, 2)) for _ in shape)
    wide = tuple(extent + sum(pair) for extent, pair in zip(shape, pads, strict=True))
    x, y = _same_grid(rng, shape, wide)
    value = draw.pick(rng, x.zero_point, x.type.min, x.type.max)
    return Parts(Pad(layer="layer", inputs=("x",), output="y", pads=pads, value=value), (x,), y)


def gather(rng: Rng) -> Parts:
    shape = _shape(rng)
    axes = rng.permutation(len(shape))[: draw.below(rng, 0, 2)]
    taken = tuple(
        tuple(draw.below(rng, 0, extent - 1) for _ in range(draw.below(rng, 1, 5)))
        if axis in axes
        else None
        for axis, extent in enumerate(shape)
    )
    pairs = zip(shape, taken, strict=True)
    x, y = _same_grid(rng, shape, tuple(n if held is None else len(held) for n, held in pairs))
    return Parts(Gather(layer="layer", inputs=("x",), output="y", indices=taken), (x,), y)


def resize_bilinear(rng: Rng) -> Parts:
    extent, size, mode = _resizing(rng)
    channels = draw.below(rng, 1, 4)
    find, bits = ((places, COARSE_BITS), (fine_places, FINE_BITS))[draw.below(rng, 0, 1)]
    rows, columns = (find(n, m, mode) for n, m in zip(extent, size, strict=True))
    x, y = _same_grid(rng, (*extent, channels), (*size, channels))
    item = ResizeBilinear(
        layer="layer", inputs=("x",), output="y", rows=rows, columns=columns, bits=bits
    )
    return Parts(item, (x,), y)


def resize_bilinear_float32(rng: Rng) -> Parts:
    extent, size, mode = _resizing(rng)
    channels = draw.below(rng, 1, 4)
    rows, columns = (float32_places(n, m, mode) for n, m in zip(extent, size, strict=True))
    x, y = (
        draw.tensor(rng, name, (*shape, channels), 8, zero_point=0)
        for name, shape in (("x", extent), ("y", size))
    )
    item = ResizeBilinearFloat32(
        layer="layer", inputs=("x",), output="y", rows=rows, columns=columns
    )
    return Parts(item, (x,), y)


def _resizing(rng: Rng) -> tuple[tuple[int, int], tuple[int, int], Coordinates]:
    """The sizes of an image before and after, and where pixels lie."""
    extent = (draw.below(rng, 1, 5), draw.below(rng, 1, 5))
    size = (draw.below(rng, 1, 7), draw.below(rng, 1, 7))
    modes = list(Coordinates)
    return extent, size, modes[draw.below(rng, 0, len(modes) - 1)]


def transpose(rng: Rng) -> Parts:
    shape = _shape(rng)
    perm = tuple(int(axis) for axis in rng.permutation(len(shape)))
    x, y = _same_grid(rng, shape, tuple(shape[axis] for axis in perm))
    return Parts(Transpose(layer="layer", inputs=("x",), output="y", perm=perm), (x,), y)


def reshape(rng: Rng) -> Parts:
    shape = _shape(rng)
    flat = math.prod(shape)
    other = (flat,) if draw.chance(rng, 0.5) else (1, *reversed(shape))
    x, y = _same_grid(rng, shape, other)
    return Parts(Reshape(layer="layer", inputs=("x",), output="y"), (x,), y)


def _shape(rng: Rng) -> tuple[int, ...]:
    return tuple(draw.below(rng, 1, 5) for _ in range(draw.below(rng, 1, 4)))


def _with_extent(shape: tuple[int, ...], axis: int, extent: int) -> tuple[int, ...]:
    return (*shape[:axis], extent, *shape[axis + 1 :])


def _same_grid(
    rng: Rng, before: tuple[int, ...], after: tuple[int, ...]
) -> tuple[QuantizedTensor, QuantizedTensor]:
    x = draw.tensor(rng, "x", before, draw.activation_bits(rng))
    return x, draw.tensor(rng, "y", after, x.type.bits, zero_point=x.zero_point)
