"""FullyConnected for Helium in C."""

from __future__ import annotations

from tinyml_studio.emit.blocks import fits_blocks, out_zero
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, weight_table
from tinyml_studio.emit.raised import block_binding, bytewise
from tinyml_studio.emit.vectors import LANES, vector_scaling
from tinyml_studio.emit.weighted import folded_bias
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.program.program import Program


def fully_connected_mve(item: FullyConnected, program: Program) -> KernelCall | None:
    """One call of ``tms_fully_connected_mve``; None where types or shifts are not its own."""
    if item.weight_type.bits < 8 or not fits_blocks(program, item):
        return None
    out_size, in_size = item.weights.shape
    held = bytewise(item, LANES)
    layer = Parameters(
        "tms_fully_connected_mve_t",
        {
            "rows": program.tensors[item.inputs[0]].size // in_size,
            "in_size": in_size,
            "out_size": out_size,
            "out_zero": out_zero(program, item),
            "low": item.low,
            "high": item.high,
            "weights": weight_table(held.weights, held.weight_type),
            "scaling": vector_scaling(program, item, folded_bias(program, item)),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return KernelCall("tms_fully_connected_mve", block_binding(program, item), arguments)
