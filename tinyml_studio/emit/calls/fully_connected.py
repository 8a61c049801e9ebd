"""FullyConnected in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.calls.conv2d16 import fully_connected16
from tinyml_studio.emit.weighted import folded_bias, weighted_binding, weighted_values
from tinyml_studio.program.instructions import FullyConnected
from tinyml_studio.program.program import Program


def fully_connected(item: FullyConnected, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_fully_connected``."""
    wide = fully_connected16(item, program)
    if wide:
        return (wide,)
    out_size, in_size = item.weights.shape
    layer = Parameters(
        "tms_fully_connected_t",
        {
            "rows": program.tensors[item.inputs[0]].size // in_size,
            "in_size": in_size,
            "out_size": out_size,
            **weighted_values(program, item, folded_bias(program, item)),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return (KernelCall("tms_fully_connected", weighted_binding(program, item), arguments),)
