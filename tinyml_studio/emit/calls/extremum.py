"""Extremum in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import broadcast_strides, merged_loops
from tinyml_studio.program.instructions import Extremum
from tinyml_studio.program.program import Program


def extremum(item: Extremum, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_extremum``."""
    a, b = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    strides = [broadcast_strides(tensor.shape, output.shape) for tensor in (a, b)]
    loops = merged_loops(output.shape, *strides, item=item)
    layer = Parameters(
        "tms_extremum_t",
        {
            "sizes": loops.sizes,
            "a_strides": loops.strides[0],
            "b_strides": loops.strides[1],
            "sign": 1 if item.largest else -1,
        },
    )
    arguments = (layer, Operand(a.name), Operand(b.name), Result(output.name))
    return (KernelCall("tms_extremum", Binding(input=output.type), arguments),)
