"""AveragePoolFloat32 in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, float_bits
from tinyml_studio.emit.geometry import window_geometry
from tinyml_studio.program.instructions import AveragePoolFloat32
from tinyml_studio.program.program import Program


def average_pool_float32(item: AveragePoolFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_average_pool_float32``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    layer = Parameters(
        "tms_average_pool_float32_t",
        {
            "geometry": window_geometry(program, item, item.kernel),
            "in_zero_point": input_.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low,
            "high": item.high,
            "origin": item.origin,
            "scale": float_bits(item.scale),
            "out_scale": float_bits(item.out_scale),
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_average_pool_float32", binding, arguments),)
