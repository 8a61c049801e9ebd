"""L2Normalization in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.program.instructions import L2Normalization
from tinyml_studio.program.program import Program


def l2_normalization(item: L2Normalization, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_l2_normalization``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    depth = input_.shape[-1]
    layer = Parameters(
        "tms_l2_normalization_t",
        {
            "rows": input_.size // depth,
            "depth": depth,
            "in_zero_point": input_.zero_point,
            "lift": item.lift,
            "rise": item.rise,
            "out_zero_point": output.zero_point,
            "low": output.type.min - output.zero_point,
            "high": output.type.max - output.zero_point,
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_l2_normalization", binding, arguments),)
