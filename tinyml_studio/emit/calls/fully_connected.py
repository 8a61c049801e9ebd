"""FullyConnected in C."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.emit.blocks import (
    BLOCK,
    dense_rest,
    fits_blocks,
    quad_bias,
    quad_weights,
    result_values,
    whole_units,
)
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, Table
from tinyml_studio.emit.calls.conv2d16 import fully_connected16
from tinyml_studio.emit.raised import block_binding, bytewise
from tinyml_studio.emit.weighted import folded_bias, weighted_binding, weighted_values
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.program.program import Program

_SPARE = 128  # bytes of weights that the kernel for odd numbers would take several times over


def fully_connected(item: FullyConnected, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_fully_connected``, or of the kernel that makes four outputs at once."""
    wide = fully_connected16(item, program)
    if wide:
        return (wide,)
    out_size, in_size = item.weights.shape
    blocks = _fills_blocks(item) and fits_blocks(program, item)
    name = "tms_fully_connected_blocks" if blocks else "tms_fully_connected"
    layer = Parameters(
        f"{name}_t",
        {
            "rows": program.tensors[item.inputs[0]].size // in_size,
            "in_size": in_size,
            "out_size": out_size,
            **(
                result_values(program, item, _weights(item), quad_bias(program, item))
                if blocks
                else weighted_values(program, item, folded_bias(program, item))
            ),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    if not blocks:
        return (KernelCall(name, weighted_binding(program, item), arguments),)
    binding = replace(
        block_binding(program, item), rest=dense_rest(in_size, item.weight_type.bits) > 0
    )
    return (KernelCall(name, binding, arguments),)


def _weights(item: FullyConnected) -> Table:
    held = bytewise(item, BLOCK)
    return quad_weights(held.weights, held.weight_type)


def _fills_blocks(item: FullyConnected) -> bool:
    """Whether what makes blocks complete takes a third of the weights at most, or little."""
    outputs = -(-item.weights.shape[0] // BLOCK) * BLOCK
    size = outputs * whole_units(item.weights, item.weight_type).shape[1]
    bits = item.weight_type.bits * (size - item.weights.size)
    return bool(3 * size <= 4 * item.weights.size or bits <= 8 * _SPARE)
