"""AddFloat32 in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, float_bits
from tinyml_studio.emit.geometry import broadcast_strides, merged_loops
from tinyml_studio.program.instructions import AddFloat32
from tinyml_studio.program.program import Program


def add_float32(item: AddFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_add_float32``."""
    a, b = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    strides = [broadcast_strides(tensor.shape, output.shape) for tensor in (a, b)]
    loops = merged_loops(output.shape, *strides, item=item)
    layer = Parameters(
        "tms_add_float32_t",
        {
            "sizes": loops.sizes,
            "a_strides": loops.strides[0],
            "b_strides": loops.strides[1],
            "low": item.low,
            "high": item.high,
            "origin": item.origin,
            "a_ratio": float_bits(item.ratio_a),
            "b_ratio": float_bits(item.ratio_b),
            "offset": float_bits(item.offset),
        },
    )
    binding = Binding(input=a.type, second=b.type, output=output.type)
    arguments = (layer, Operand(a.name), Operand(b.name), Result(output.name))
    return (KernelCall("tms_add_float32", binding, arguments),)
