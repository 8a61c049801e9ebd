"""ResizeBilinear: straight lines between neighbours, on the grid of the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.arith.rounding import Rounding
from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Coordinates
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import (
    Between,
    ResizeBilinear,
    ResizeBilinearFloat32,
    Shares,
)
from tinyml_studio.program.instructions.resizing import COARSE_BITS, FINE_BITS, SHORT_BITS
from tinyml_studio.program.program import QuantizedTensor

_ONE = 1 << COARSE_BITS

Place = TypeVar("Place", Between, Shares)


def lower_resize_bilinear(layer: Layer) -> None:
    """One instruction; where every output lies between two inputs is decided here."""
    op = layer.op(ops.ResizeBilinear)
    source = layer.input()
    output = layer.output(Grid.of(source))
    in_float32 = layer.setting.arithmetic.unsigned_in_float32
    if in_float32 and layer.origin() and source.type == INT8:
        shares = _of_axes(op, source, float32_places, (0, 0, 1.0, 0.0))
        layer.emit(ResizeBilinearFloat32(layer.node.name, (source.name,), output.name, *shares))
        return
    if layer.setting.arithmetic.short_factors:
        ways = _of_axes(op, source, short_places, (0, 0, 0))
        made = ResizeBilinear(
            layer.node.name, (source.name,), output.name, *ways, SHORT_BITS, Rounding.HALF_UP
        )
        layer.instructions.append(made)
        return
    fine = layer.setting.arithmetic.is_float32
    ways = _of_axes(op, source, fine_places if fine else places, (0, 0, 0))
    bits = FINE_BITS if fine else COARSE_BITS
    layer.emit(ResizeBilinear(layer.node.name, (source.name,), output.name, *ways, bits=bits))


def _of_axes(
    op: ops.ResizeBilinear,
    source: QuantizedTensor,
    find: Callable[[int, int, Coordinates], tuple[Place, ...]],
    stays: Place,
) -> tuple[tuple[Place, ...], tuple[Place, ...]]:
    """Places along rows and columns; a sequence has one row."""
    ways = [
        find(length, count, op.coordinates)
        for length, count in zip(source.shape[:-1], op.size, strict=True)
    ]
    return ((stays,), ways[0]) if len(ways) == 1 else (ways[0], ways[1])


def places(length: int, count: int, coordinates: Coordinates) -> tuple[Between, ...]:
    """For each of `count` outputs the inputs around it, and how far it lies behind the first.

    In steps of 1/1024, as ``ComputeInterpolationValuesInteger`` of TFLite.
    """
    step = (_ONE * length + count // 2) // count
    if coordinates is Coordinates.ALIGN_CORNERS and count > 1:
        step = (_ONE * (length - 1) + (count - 1) // 2) // (count - 1)
    offset = step // 2 - _ONE // 2 if coordinates is Coordinates.HALF_PIXEL else 0
    return tuple(_between(index * step + offset, length) for index in range(count))


def _between(place: int, length: int) -> Between:
    """The inputs around a place; C divides towards zero."""
    first = min(max(place // _ONE if place >= 0 else -(-place // _ONE), 0), length - 1)
    above = place + _ONE - 1
    second = min(above // _ONE if above >= 0 else -(-above // _ONE), length - 1)
    return first, second, place - _ONE * first


def fine_places(length: int, count: int, coordinates: Coordinates) -> tuple[Between, ...]:
    """The same in steps of ``2**-FINE_BITS``, as ``UpsampleBilinear`` of ONNX Runtime.

    Every step is rounded to float32.
    """
    found = np.arange(count, dtype=np.float32)
    scale = np.float32(count) / np.float32(length)
    half = np.float32(0.5)
    if coordinates is Coordinates.ALIGN_CORNERS:
        found = found * np.float32(length - 1) / np.float32(max(count - 1, 1))
    elif coordinates is Coordinates.HALF_PIXEL:
        found = (found + half) / scale - half
    else:
        found = found / scale
    found = np.clip(found, np.float32(0), np.float32(length - 1))
    first = found.astype(np.int64)
    second = np.minimum(first + 1, length - 1)
    part = np.rint(np.abs(found - first.astype(np.float32)) * np.float32(1 << FINE_BITS))
    return tuple(
        (int(one), int(other), int(share))
        for one, other, share in zip(first, second, part, strict=True)
    )


def short_places(length: int, count: int, coordinates: Coordinates) -> tuple[Between, ...]:
    """The same in steps of ``2**-SHORT_BITS``; every step is rounded to float32.

    Source: ``xnn_indirection_init_resize_bilinear2d_hwc_q11`` of XNNPACK.
    """
    step = np.float32(length) / np.float32(count)
    if coordinates is Coordinates.ALIGN_CORNERS and count > 1:
        step = np.float32(length - 1) / np.float32(count - 1)
    half = np.float32(0.5)
    offset = half * step - half if coordinates is Coordinates.HALF_PIXEL else np.float32(0)
    found = np.arange(count, dtype=np.float32) * step + offset
    found = np.clip(found, np.float32(0), np.float32(length - 1))
    first = found.astype(np.int64)
    part = np.rint((found - first.astype(np.float32)) * np.float32(1 << SHORT_BITS))
    return tuple(
        (int(one), min(int(one) + 1, length - 1), int(share))
        for one, share in zip(first, part, strict=True)
    )


def float32_places(length: int, count: int, coordinates: Coordinates) -> tuple[Shares, ...]:
    """The same inputs and the share of each, as ``ComputeInterpolationValues`` of TFLite.

    Every step is rounded to float32.
    """
    step = np.float32(length) / np.float32(count)
    if coordinates is Coordinates.ALIGN_CORNERS and count > 1:
        step = np.float32(length - 1) / np.float32(count - 1)
    found = np.arange(count, dtype=np.float32)
    half = np.float32(0.5)
    found = (found + half) * step - half if coordinates is Coordinates.HALF_PIXEL else found * step
    first = np.clip(np.floor(found), 0, length - 1)
    second = np.minimum(np.ceil(found), length - 1)
    far = found - first
    near = np.float32(1.0) - far
    return tuple(
        (int(one), int(other), float(share), float(rest))
        for one, other, share, rest in zip(first, second, near, far, strict=True)
    )
