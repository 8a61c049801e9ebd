"""ArgMax in C."""

from __future__ import annotations

from math import prod

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.program.instructions import ArgMax
from tinyml_studio.program.program import Program


def arg_max(item: ArgMax, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_arg_max``."""
    x, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    layer = Parameters(
        "tms_arg_max_t",
        {
            "outer": prod(x.shape[: item.axis]),
            "depth": x.shape[item.axis],
            "inner": prod(x.shape[item.axis + 1 :]),
            "sign": -1 if item.smallest else 1,
        },
    )
    binding = Binding(input=x.type, output=output.type)
    return (KernelCall("tms_arg_max", binding, (layer, Operand(x.name), Result(output.name))),)
