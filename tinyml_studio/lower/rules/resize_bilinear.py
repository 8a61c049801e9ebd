"""ResizeBilinear: straight lines between neighbours, on the grid of the input."""

from __future__ import annotations

from tinyml_studio.ir import ops
from tinyml_studio.ir.ops import Coordinates
from tinyml_studio.lower.layer import Grid, Layer
from tinyml_studio.program.instructions import Between, ResizeBilinear

_ONE = 1 << 10
_STAYS: tuple[Between, ...] = ((0, 0, 0),)


def lower_resize_bilinear(layer: Layer) -> None:
    """One instruction; where every output lies between two inputs is decided here."""
    op = layer.op(ops.ResizeBilinear)
    source = layer.input()
    output = layer.output(Grid.of(source))
    ways = [
        places(length, count, op.coordinates)
        for length, count in zip(source.shape[:-1], op.size, strict=True)
    ]
    rows, columns = (_STAYS, ways[0]) if len(ways) == 1 else (ways[0], ways[1])
    layer.emit(
        ResizeBilinear(
            layer=layer.node.name,
            inputs=(source.name,),
            output=output.name,
            rows=rows,
            columns=columns,
        )
    )


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
