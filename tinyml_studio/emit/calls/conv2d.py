"""Conv2D in C."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.emit.binding import FIELDS
from tinyml_studio.emit.blocks import (
    MOST_BYTES,
    PATCH,
    block_values,
    gathers,
    paired_weights,
    window_unit,
    window_values,
)
from tinyml_studio.emit.call import (
    Argument,
    KernelCall,
    Operand,
    Parameters,
    Result,
    Scratch,
)
from tinyml_studio.emit.calls.conv2d16 import conv2d16
from tinyml_studio.emit.fields import whole_windows
from tinyml_studio.emit.geometry import convolution_geometry
from tinyml_studio.emit.raised import block_binding
from tinyml_studio.emit.weighted import folded_bias, weighted_binding, weighted_values
from tinyml_studio.program.instructions import Conv2D
from tinyml_studio.program.program import Program


def conv2d(item: Conv2D, program: Program, *, scratch: bool = False) -> tuple[KernelCall, ...]:
    """One call of ``tms_conv2d``, or of a kernel that works on blocks.

    `scratch` says whether there is memory to gather the values of two windows.
    """
    wide = conv2d16(item, program)
    if wide:
        return (wide,)
    name = "tms_conv2d_gathered" if scratch else _block_kernel(item, program)
    if name:
        return (_block_call(item, program, name),)
    layer = Parameters(
        "tms_conv2d_t",
        {
            "geometry": convolution_geometry(program, item),
            "groups": item.groups,
            "in_zero_point": program.tensors[item.inputs[0]].zero_point,
            **weighted_values(program, item, folded_bias(program, item)),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return (KernelCall("tms_conv2d", weighted_binding(program, item), arguments),)


def _block_kernel(item: Conv2D, program: Program) -> str:
    """The kernel on blocks that the layer can have; "" for none."""
    if not gathers(program, item):
        return ""
    if item.weights[0].size <= PATCH:
        return "tms_conv2d_patch"
    if item.weights.shape[3] % window_unit(item.weight_type.bits) == 0:
        return "tms_conv2d_rows"
    return "tms_conv2d_bytes" if window_values(item) <= MOST_BYTES else ""


def _block_call(item: Conv2D, program: Program, name: str) -> KernelCall:
    fields = item.weight_type.bits in FIELDS
    bias = folded_bias(program, whole_windows(item) if fields else item)
    layer = Parameters(
        "tms_conv2d_blocks_t",
        {
            "geometry": convolution_geometry(program, item),
            **block_values(program, item, paired_weights(item), bias),
        },
    )
    arguments: tuple[Argument, ...] = (layer, Operand(item.inputs[0]), Result(item.output))
    if name == "tms_conv2d_gathered":
        arguments += (Scratch(),)
    binding = block_binding(program, item)
    # few bits exceed signed ones by a number too
    return KernelCall(name, replace(binding, raised=fields or binding.raised), arguments)
