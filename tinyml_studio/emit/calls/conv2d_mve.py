"""Conv2D for Helium in C."""

from __future__ import annotations

from tinyml_studio.emit.blocks import PATCH, gathers, out_zero
from tinyml_studio.emit.call import Argument, KernelCall, Operand, Parameters, Result, Scratch
from tinyml_studio.emit.geometry import convolution_geometry, is_one_row
from tinyml_studio.emit.raised import block_binding, bytewise
from tinyml_studio.emit.vectors import (
    LANES,
    MAX_TAPS,
    VECTOR,
    padding_table,
    vector_scaling,
    vector_weights,
)
from tinyml_studio.emit.weighted import folded_bias
from tinyml_studio.program.instructions import Conv2D
from tinyml_studio.program.program import Program


def conv2d_mve(item: Conv2D, program: Program, *, scratch: bool) -> KernelCall | None:
    """One call of a kernel for Helium; None where types, shifts or sizes are not its own."""
    if not gathers(program, item, helium=True):
        return None
    depth, size = item.weights.shape[3], item.weights[0].size
    in_place = depth % VECTOR == 0 and size // depth <= MAX_TAPS
    if in_place and is_one_row(item) and size <= PATCH:
        return _call("tms_conv2d_few_mve", item, program, depth)
    if in_place and is_one_row(item) and scratch:
        return _call("tms_conv2d_pixels_mve", item, program, depth)
    if in_place:
        return _call("tms_conv2d_mve", item, program, depth)
    if size <= PATCH:
        return _call("tms_conv2d_patch_mve", item, program, size)
    return _call("tms_conv2d_gathered_mve", item, program, size) if scratch else None


def _call(name: str, item: Conv2D, program: Program, values: int) -> KernelCall:
    """The call of a kernel that reads so many values in one go."""
    weights = vector_weights(item)
    channels = len(bytewise(item, LANES).weights)
    gathered = name != "tms_conv2d_mve"
    layer = Parameters(
        "tms_conv2d_mve_t",
        {
            "geometry": convolution_geometry(program, item),
            "blocks": -(-values // VECTOR),
            "pair": weights.nbytes * 2 // (-(-channels // LANES) * LANES),
            "in_zero_point": program.tensors[item.inputs[0]].zero_point,
            "out_zero": out_zero(program, item),
            "low": item.low,
            "high": item.high,
            "padding": padding_table(program, item, 1 if gathered else values),
            "weights": weights,
            "scaling": vector_scaling(program, item, folded_bias(program, item)),
        },
    )
    arguments: tuple[Argument, ...] = (layer, Operand(item.inputs[0]), Result(item.output))
    if name in ("tms_conv2d_gathered_mve", "tms_conv2d_pixels_mve"):
        arguments += (Scratch(),)
    return KernelCall(name, block_binding(program, item), arguments)
