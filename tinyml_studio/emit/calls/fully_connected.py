"""FullyConnected in C."""

from __future__ import annotations

from tinyml_studio.emit.blocks import (
    BLOCK,
    dense_unit,
    fits_blocks,
    quad_bias,
    quad_weights,
    result_values,
)
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.calls.conv2d16 import fully_connected16
from tinyml_studio.emit.raised import block_binding
from tinyml_studio.emit.weighted import folded_bias, weighted_binding, weighted_values
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.program.program import Program


def fully_connected(item: FullyConnected, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_fully_connected``, or of the kernel that makes four outputs at once."""
    wide = fully_connected16(item, program)
    if wide:
        return (wide,)
    out_size, in_size = item.weights.shape
    # zeros that make the last block complete may take a third of the weights
    full = 3 * -(-out_size // BLOCK) * BLOCK <= 4 * out_size
    whole = in_size % dense_unit(item.weight_type.bits) == 0
    blocks = whole and full and fits_blocks(program, item)
    name = "tms_fully_connected_blocks" if blocks else "tms_fully_connected"
    layer = Parameters(
        f"{name}_t",
        {
            "rows": program.tensors[item.inputs[0]].size // in_size,
            "in_size": in_size,
            "out_size": out_size,
            **(
                result_values(program, item, quad_weights(item), quad_bias(program, item))
                if blocks
                else weighted_values(program, item, folded_bias(program, item))
            ),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    binding = block_binding(program, item) if blocks else weighted_binding(program, item)
    return (KernelCall(name, binding, arguments),)
