"""SquaredDifference in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import broadcast_strides, merged_loops
from tinyml_studio.program.instructions import SquaredDifference
from tinyml_studio.program.program import Program


def squared_difference(item: SquaredDifference, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_squared_difference``."""
    a, b = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    strides = [broadcast_strides(tensor.shape, output.shape) for tensor in (a, b)]
    loops = merged_loops(output.shape, *strides, item=item)
    layer = Parameters(
        "tms_squared_difference_t",
        {
            "sizes": loops.sizes,
            "a_strides": loops.strides[0],
            "b_strides": loops.strides[1],
            "a_zero_point": a.zero_point,
            "b_zero_point": b.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "left": 1 << item.left_shift,
            "a_multiplier": item.multiplier_a.mantissa,
            "a_shift": item.multiplier_a.shift,
            "b_multiplier": item.multiplier_b.mantissa,
            "b_shift": item.multiplier_b.shift,
            "multiplier": item.multiplier_out.mantissa,
            "shift": item.multiplier_out.shift,
        },
    )
    binding = Binding(input=a.type, second=b.type, output=output.type)
    arguments = (layer, Operand(a.name), Operand(b.name), Result(output.name))
    return (KernelCall("tms_squared_difference", binding, arguments),)
