"""Requantize in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.program.instructions import Requantize
from tinyml_studio.program.program import Program


def requantize(item: Requantize, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_requantize_values``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    layer = Parameters(
        "tms_requantize_values_t",
        {
            "size": output.size,
            "in_zero_point": input_.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "multiplier": item.multiplier.mantissa,
            "shift": item.multiplier.shift,
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_requantize_values", binding, arguments),)
