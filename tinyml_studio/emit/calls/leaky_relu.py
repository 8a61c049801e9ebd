"""LeakyRelu in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.program.instructions import LeakyRelu
from tinyml_studio.program.program import Program


def leaky_relu(item: LeakyRelu, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_leaky_relu``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    layer = Parameters(
        "tms_leaky_relu_t",
        {
            "size": output.size,
            "in_zero_point": input_.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "multiplier": item.identity.mantissa,
            "shift": item.identity.shift,
            "alpha_multiplier": item.alpha.mantissa,
            "alpha_shift": item.alpha.shift,
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_leaky_relu", binding, arguments),)
