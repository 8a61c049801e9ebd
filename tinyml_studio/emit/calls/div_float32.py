"""DivFloat32 in C."""

from __future__ import annotations

from tinyml_studio.arith.float32 import Real
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import broadcast_strides, merged_loops
from tinyml_studio.program.instructions import DivFloat32
from tinyml_studio.program.program import Program


def div_float32(item: DivFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_div_float32``."""
    a, b = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    strides = [broadcast_strides(tensor.shape, output.shape) for tensor in (a, b)]
    loops = merged_loops(output.shape, *strides, item=item)
    scales = [Real.of(scale) for scale in (item.scale_a, item.scale_b, item.out_scale)]
    layer = Parameters(
        "tms_div_float32_t",
        {
            "sizes": loops.sizes,
            "a_strides": loops.strides[0],
            "b_strides": loops.strides[1],
            "a_zero_point": a.zero_point,
            "b_zero_point": b.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "undefined": item.undefined - output.zero_point,
            "mantissas": tuple(scale.mantissa for scale in scales),
            "exponents": tuple(scale.exponent for scale in scales),
        },
    )
    binding = Binding(input=a.type, second=b.type, output=output.type)
    arguments = (layer, Operand(a.name), Operand(b.name), Result(output.name))
    return (KernelCall("tms_div_float32", binding, arguments),)
