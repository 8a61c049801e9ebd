"""RequantizeFloat32 in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, float_bits
from tinyml_studio.program.instructions import RequantizeFloat32
from tinyml_studio.program.program import Program


def requantize_float32(item: RequantizeFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_requantize_float32``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    layer = Parameters(
        "tms_requantize_float32_t",
        {
            "size": output.size,
            "in_zero_point": input_.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "scale": float_bits(item.scale),
            "slope": float_bits(item.slope),
            "out_scale": float_bits(item.out_scale),
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_requantize_float32", binding, arguments),)
