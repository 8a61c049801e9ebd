"""LogSoftmax in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.program.instructions import LogSoftmax
from tinyml_studio.program.program import Program


def log_softmax(item: LogSoftmax, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_log_softmax``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    depth = input_.shape[-1]
    layer = Parameters(
        "tms_log_softmax_t",
        {
            "rows": input_.size // depth,
            "depth": depth,
            "multiplier": item.multiplier.mantissa,
            "shift": item.multiplier.shift,
            "diff_min": item.diff_min,
            "drop": item.drop,
            "out_zero_point": output.zero_point,
            "low": output.type.min - output.zero_point,
            "high": output.type.max - output.zero_point,
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    arguments = (layer, Operand(input_.name), Result(output.name))
    return (KernelCall("tms_log_softmax", binding, arguments),)
