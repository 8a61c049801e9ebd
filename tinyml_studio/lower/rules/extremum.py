"""Maximum and Minimum: both operands on the output's grid, then the larger or the smaller."""

from __future__ import annotations

from tinyml_studio.ir.ops import Maximum, Minimum
from tinyml_studio.lower.layer import Layer
from tinyml_studio.lower.rules.requantize import operand_on_grid
from tinyml_studio.program.instructions import Extremum


def lower_maximum(layer: Layer) -> None:
    """Operands on another grid are requantized first; TFLite takes them to have one grid."""
    layer.op(Maximum)
    _lower(layer, largest=True)


def lower_minimum(layer: Layer) -> None:
    """As `lower_maximum`."""
    layer.op(Minimum)
    _lower(layer, largest=False)


def _lower(layer: Layer, *, largest: bool) -> None:
    grid = layer.calibrated()
    operands = tuple(operand_on_grid(layer, index, grid).name for index in (0, 1))
    output = layer.output(grid)
    layer.emit(
        Extremum(layer=layer.node.name, inputs=operands, output=output.name, largest=largest)
    )
