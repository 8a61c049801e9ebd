"""DepthwiseConv2D in C."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.emit.binding import FIELDS
from tinyml_studio.emit.blocks import (
    BLOCK,
    block_values,
    fits_blocks,
    four_channel_weights,
    whole_blocks,
)
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.calls.depthwise16 import depthwise16
from tinyml_studio.emit.geometry import line_geometry
from tinyml_studio.emit.weighted import weighted_binding, weighted_values
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.program import Program

TAPS = 25
"""Weights of one channel that the kernel has room for where it unpacks them first."""

_ROOM = 104  # bytes
_WAITING = 96
_NIBBLE = 4


def depthwise_conv2d(item: DepthwiseConv2D, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_depthwise_conv2d``, or of the kernel that works on blocks."""
    wide = depthwise16(item, program)
    if wide:
        return (wide,)
    kernel = (item.weights.shape[0], item.weights.shape[1])
    held = _held(item)
    if _has_blocks(held, program):
        return (_block_call(held, program),)
    layer = Parameters(
        "tms_depthwise_conv2d_t",
        {
            "geometry": line_geometry(program, item, kernel, item.dilations),
            "in_zero_point": program.tensors[item.inputs[0]].zero_point,
            **weighted_values(program, item, item.bias),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return (KernelCall("tms_depthwise_conv2d", weighted_binding(program, item), arguments),)


def _held(item: DepthwiseConv2D) -> DepthwiseConv2D:
    """The layer with weights as the kernel on blocks has them.

    Windows for which the stack has no room are not unpacked: those of 4 bits and more take a byte.
    """
    bits, taps = item.weight_type.bits, item.weights[..., 0].size
    whole = taps > TAPS and _NIBBLE <= bits < INT8.bits
    return replace(item, weight_type=INT8) if whole else item


def _room(item: DepthwiseConv2D) -> int:
    """Bytes for outputs that wait, beside weights that are unpacked there."""
    if item.weight_type.bits not in FIELDS:
        return _WAITING
    return _ROOM - -(-BLOCK * item.weights[..., 0].size // 8) * 8


def _has_blocks(item: DepthwiseConv2D, program: Program) -> bool:
    """Whether the kernel on blocks of four channels can have the layer."""
    channels = item.weights.shape[2]
    alone = program.tensors[item.inputs[0]].shape[-1] == channels
    # what makes the last blocks complete may take a third of the weights
    full = 3 * -(-channels // BLOCK) * BLOCK <= 4 * channels
    plain = alone and item.weight_type.bits <= INT8.bits
    room = item.weight_type.bits not in FIELDS or item.weights[..., 0].size <= TAPS
    return plain and channels >= BLOCK and full and room and fits_blocks(program, item)


def _block_call(item: DepthwiseConv2D, program: Program) -> KernelCall:
    kernel = (item.weights.shape[0], item.weights.shape[1])
    blocks = whole_blocks(item)
    geometry = line_geometry(program, item, kernel, item.dilations)
    layer = Parameters(
        "tms_depthwise_blocks_t",
        {
            "geometry": geometry,
            "most": geometry.values["out_height"],
            "room": _room(item),
            "waiting": 0,
            **block_values(program, blocks, four_channel_weights(blocks), blocks.bias),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return KernelCall("tms_depthwise_blocks", weighted_binding(program, item), arguments)
