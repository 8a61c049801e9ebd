"""Operators of the standard on a quantized file's integers: those that only move values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.encoding import same_grid
from tinyml_studio.formats.merged import MIXES
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Known, Tensor, Value

MOVERS = frozenset(
    {
        *("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity", "Dropout"),
        *("MaxPool", "GlobalMaxPool", "Slice", "Gather", "Split", "Concat", "Pad"),
    }
)
"""Operators of the standard that take a quantized tensor's integers."""


def convert_integers(
    emitter: Emitter, converter: Converter, tensors: list[Tensor]
) -> tuple[Tensor, ...]:
    """Convert a node over integers; what it makes are integers on the same grid.

    Raises
    ------
    Refused
        If it computes, or its operands lie on different grids.
    """
    if emitter.node.op_type not in MOVERS:
        raise Refused("it computes with a quantized tensor's integers")
    if any(tensor.merged for tensor in tensors) and emitter.node.op_type != "Reshape":
        raise Refused(MIXES)
    if len({tensor.stored for tensor in tensors}) > 1:
        raise Refused("it mixes real and quantized tensors")
    grids = [emitter.grid_of(tensor.name) for tensor in tensors]
    stated = [grid for grid in grids if grid is not None]
    if any(not same_grid(grid, stated[0]) for grid in stated):
        raise Refused("its operands lie on different grids")
    if emitter.node.op_type == "Pad":
        _with_real_padding(emitter, tensors[0])
    made = converter(emitter)
    outputs = made if isinstance(made, tuple) else (made,)
    return tuple(replace(tensor, stored=tensors[0].stored) for tensor in outputs)


def _with_real_padding(emitter: Emitter, tensor: Tensor) -> None:
    """Let the value of a padding, which is an integer, be the real number that it stands for."""
    grid, value = emitter.grid_of(tensor.name), emitter.operand(2)
    if grid is None or (value is not None and not isinstance(value, Known)):
        raise Refused("the grid of its operand is not known")
    integer = 0 if value is None else int(value.array.reshape(-1)[0])
    real = np.float32(grid.scale * (integer - grid.stored_zero_point))
    inputs = [*emitter.node.inputs, "", ""][: max(len(emitter.node.inputs), 3)]
    inputs[2] = "#value"
    lookup = emitter.around.lookup

    def looked_up(name: str) -> Value:
        return Known(np.asarray(real)) if name == "#value" else lookup(name)

    emitter.node = replace(emitter.node, inputs=tuple(inputs))
    emitter.around = replace(emitter.around, lookup=looked_up)
