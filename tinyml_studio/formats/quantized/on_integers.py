"""Operators of the standard on a quantized file's integers: those that only move values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from tinyml_studio.formats.emitter import Converter, Emitter
from tinyml_studio.formats.encoding import same_grid
from tinyml_studio.formats.merged import MIXES
from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.values import Known, Tensor, Value
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.ops import ResizeBilinear

MOVERS = frozenset(
    {
        *("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity", "Dropout"),
        *("MaxPool", "GlobalMaxPool", "Slice", "Gather", "Split", "Concat", "Pad"),
        *("DepthToSpace", "SpaceToDepth", "Tile", "Resize", "Upsample"),
    }
)
"""Operators of the standard that take a quantized tensor's integers."""

_COMPUTES = "it computes with a quantized tensor's integers"


def convert_integers(
    emitter: Emitter, converter: Converter, tensors: list[Tensor]
) -> tuple[Tensor, ...]:
    """Convert a node over integers; what it makes are integers on the same grid.

    Raises
    ------
    Refused
        If it computes, or its operands lie on different grids.
    """
    kind = emitter.node.op_type
    if kind not in {*MOVERS, "Clip"}:
        raise Refused(_COMPUTES)
    grid = _common_grid(emitter, tensors)
    if kind == "Pad":
        _with_real_numbers(emitter, tensors[0], {2: 0})
    elif kind == "Clip":
        _with_real_numbers(emitter, tensors[0], {1: None, 2: None})
    made = converter(emitter)
    if kind == "Clip" and isinstance(made, Tensor) and grid is not None:
        emitter.grids[made.name] = grid
    if any(isinstance(node.op, ResizeBilinear) for node in emitter.nodes):
        raise Refused(_COMPUTES)
    outputs = made if isinstance(made, tuple) else (made,)
    return tuple(replace(tensor, stored=tensors[0].stored) for tensor in outputs)


def _common_grid(emitter: Emitter, tensors: list[Tensor]) -> FoundGrid | None:
    """The grid of all operands; None where it is not known yet."""
    if any(tensor.is_joined for tensor in tensors) and emitter.node.op_type != "Reshape":
        raise Refused(MIXES)
    if len({tensor.stored for tensor in tensors}) > 1:
        raise Refused("it mixes real and quantized tensors")
    grids = [emitter.grid_of(tensor.name) for tensor in tensors]
    stated = [grid for grid in grids if grid is not None]
    if any(not same_grid(grid, stated[0]) for grid in stated):
        raise Refused("its operands lie on different grids")
    return stated[0] if stated else None


def _with_real_numbers(
    emitter: Emitter, tensor: Tensor, operands: Mapping[int, int | None]
) -> None:
    """Let operands that are integers be the real numbers that they stand for.

    Parameters
    ----------
    emitter
        The node; its operands are others from here on.
    tensor
        Gives the grid.
    operands
        Positions, with what is meant where one is left out.
    """
    grid = emitter.grid_of(tensor.name)
    if grid is None:
        raise Refused("the grid of its operand is not known")
    real: dict[str, Value] = {}
    inputs = [*emitter.node.inputs, "", ""][: max(len(emitter.node.inputs), 3)]
    for index, otherwise in operands.items():
        value = emitter.constant(index, "operand")
        integer = otherwise if value is None else int(value.reshape(-1)[0])
        if integer is not None:
            inputs[index] = f"#{index}"
            exact = np.float32(grid.scale * (integer - grid.stored_zero_point))
            real[inputs[index]] = Known(np.asarray(exact))
    lookup = emitter.around.lookup

    def looked_up(name: str) -> Value:
        return real[name] if name in real else lookup(name)

    emitter.node = replace(emitter.node, inputs=tuple(inputs))
    emitter.around = replace(emitter.around, lookup=looked_up)
