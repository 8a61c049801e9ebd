"""Div in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import broadcast_strides, merged_loops
from tinyml_studio.program.instructions import Div
from tinyml_studio.program.program import Program


def div(item: Div, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_div``."""
    a, b = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    strides = [broadcast_strides(tensor.shape, output.shape) for tensor in (a, b)]
    loops = merged_loops(output.shape, *strides, item=item)
    layer = Parameters(
        "tms_div_t",
        {
            "sizes": loops.sizes,
            "a_strides": loops.strides[0],
            "b_strides": loops.strides[1],
            "a_zero_point": a.zero_point,
            "b_zero_point": b.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "multiplier": item.multiplier.mantissa,
            "shift": item.multiplier.shift,
        },
    )
    binding = Binding(input=a.type, second=b.type, output=output.type)
    arguments = (layer, Operand(a.name), Operand(b.name), Result(output.name))
    return (KernelCall("tms_div", binding, arguments),)
