"""DepthwiseConv2D in C."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.emit.blocks import (
    BLOCK,
    block_values,
    fits_blocks,
    four_channel_weights,
    whole_blocks,
)
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.calls.depthwise16 import depthwise16
from tinyml_studio.emit.geometry import image_shape, window_geometry
from tinyml_studio.emit.weighted import weighted_binding, weighted_values
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.program import Program


def depthwise_conv2d(item: DepthwiseConv2D, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_depthwise_conv2d``, or of the kernel that works on blocks."""
    wide = depthwise16(item, program)
    if wide:
        return (wide,)
    kernel = (item.weights.shape[0], item.weights.shape[1])
    if _has_blocks(item, program):
        return (_block_call(item, program),)
    layer = Parameters(
        "tms_depthwise_conv2d_t",
        {
            "geometry": window_geometry(program, item, kernel, item.dilations),
            "in_zero_point": program.tensors[item.inputs[0]].zero_point,
            **weighted_values(program, item, item.bias),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return (KernelCall("tms_depthwise_conv2d", weighted_binding(program, item), arguments),)


def _has_blocks(item: DepthwiseConv2D, program: Program) -> bool:
    """Whether the kernel on blocks of four channels can have the layer."""
    channels = item.weights.shape[2]
    alone = program.tensors[item.inputs[0]].shape[-1] == channels
    # with 4 bits two blocks share their bytes
    group = BLOCK if item.weight_type.bits == 8 else 2 * BLOCK
    # what makes the last blocks complete may take a third of the weights
    full = 3 * -(-channels // group) * group <= 4 * channels
    plain = alone and item.weight_type.bits <= INT8.bits
    return plain and channels >= BLOCK and full and fits_blocks(program, item)


def _block_call(item: DepthwiseConv2D, program: Program) -> KernelCall:
    kernel = (item.weights.shape[0], item.weights.shape[1])
    blocks = whole_blocks(item)
    layer = Parameters(
        "tms_depthwise_blocks_t",
        {
            "geometry": window_geometry(program, item, kernel, item.dilations),
            "halves": int(item.weight_type.bits < 8),
            "most": image_shape(program.tensors[item.output].shape)[0],
            "waiting": 0,
            **block_values(program, blocks, four_channel_weights(blocks), blocks.bias),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return KernelCall("tms_depthwise_blocks", weighted_binding(program, item), arguments)
