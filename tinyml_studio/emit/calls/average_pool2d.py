"""AveragePool2D in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import window_geometry
from tinyml_studio.program.instructions import AveragePool2D
from tinyml_studio.program.program import Program


def average_pool2d(item: AveragePool2D, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_average_pool2d``."""
    layer = Parameters(
        "tms_average_pool2d_t",
        {
            "geometry": window_geometry(program, item, item.kernel),
            "low": item.low,
            "high": item.high,
        },
    )
    binding = Binding(input=program.tensors[item.inputs[0]].type)
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return (KernelCall("tms_average_pool2d", binding, arguments),)
