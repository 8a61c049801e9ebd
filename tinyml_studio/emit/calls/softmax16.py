"""Softmax16 in C."""

from __future__ import annotations

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, integer_table
from tinyml_studio.program.instructions import Softmax16
from tinyml_studio.program.program import Program


def softmax16(item: Softmax16, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_softmax16``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    depth = input_.shape[-1]
    layer = Parameters(
        "tms_softmax16_t",
        {
            "rows": input_.size // depth,
            "depth": depth,
            "multiplier": item.multiplier.mantissa,
            "shift": item.multiplier.shift,
            "bits": output.type.bits,
            "exp_table": integer_table("exp_table", item.exp_table, INT16),
            "reciprocal_table": integer_table("reciprocal_table", item.reciprocal_table, INT16),
        },
    )
    binding = Binding(output=output.type, table=INT16)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_softmax16", binding, arguments),)
