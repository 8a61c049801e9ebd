"""PRelu in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import broadcast_strides, merged_loops
from tinyml_studio.program.instructions import PRelu
from tinyml_studio.program.program import Program


def prelu(item: PRelu, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_prelu``."""
    x, slope = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    strides = [broadcast_strides(tensor.shape, output.shape) for tensor in (x, slope)]
    loops = merged_loops(output.shape, *strides, item=item)
    layer = Parameters(
        "tms_prelu_t",
        {
            "sizes": loops.sizes,
            "in_strides": loops.strides[0],
            "slope_strides": loops.strides[1],
            "in_zero_point": x.zero_point,
            "slope_zero_point": slope.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "multiplier": item.identity.mantissa,
            "shift": item.identity.shift,
            "alpha_multiplier": item.alpha.mantissa,
            "alpha_shift": item.alpha.shift,
        },
    )
    binding = Binding(input=x.type, second=slope.type, output=output.type)
    arguments = (layer, Operand(x.name), Operand(slope.name), Result(output.name))
    return (KernelCall("tms_prelu", binding, arguments),)
