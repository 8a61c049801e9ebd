"""Conv2D and FullyConnected with 16-bit inputs and 32-bit accumulators in C."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, Value
from tinyml_studio.emit.geometry import convolution_geometry, row_geometry
from tinyml_studio.emit.halves import (
    PATCH16,
    block16,
    fits_halves,
    halves_scaling,
    halves_values,
    halves_weights,
    stored_for_blocks,
    stored_for_helium,
)
from tinyml_studio.emit.weighted import weighted_binding
from tinyml_studio.program.instructions import Conv2D, FullyConnected
from tinyml_studio.program.program import Program


def conv2d16(item: Conv2D, program: Program, *, helium: bool = False) -> KernelCall | None:
    """A call of ``tms_conv2d16`` or ``tms_conv2d16_patch``; None where neither can have it."""
    if item.groups > 1 or not fits_halves(program, item):
        return None
    values = halves_values(program, item, convolution_geometry(program, item))
    return _call(item, program, item.weights.shape[3], values, helium=helium)


def fully_connected16(
    item: FullyConnected, program: Program, *, helium: bool = False
) -> KernelCall | None:
    """The same for an image of one row, whose pixels are the rows of the input."""
    if not fits_halves(program, item):
        return None
    out_size, in_size = item.weights.shape
    rows = program.tensors[item.inputs[0]].size // in_size
    values = halves_values(program, item, row_geometry(rows, in_size, out_size))
    return _call(item, program, in_size, values, helium=helium)


def _call(
    item: Conv2D | FullyConnected,
    program: Program,
    depth: int,
    values: Mapping[str, Value],
    *,
    helium: bool,
) -> KernelCall | None:
    rows = item.weights.reshape(len(item.weights), -1)
    item = stored_for_helium(item) if helium else stored_for_blocks(item, depth)
    block = block16(item.weight_type.bits, helium=helium)
    if depth % block and rows.shape[1] > PATCH16:
        return None
    tables: dict[str, Value] = {
        "block": block,
        "weights": halves_weights(rows, item.weight_type, helium=helium),
        "scaling": halves_scaling(item, helium=helium),
    }
    layer = Parameters("tms_conv2d16_t", {**values, **tables})
    name = "tms_conv2d16_patch" if depth % block else "tms_conv2d16"
    binding = replace(weighted_binding(program, item), helium=helium)
    return KernelCall(name, binding, (layer, Operand(item.inputs[0]), Result(item.output)))
