"""TransposeConv2D in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import window_geometry
from tinyml_studio.emit.weighted import weighted_binding, weighted_values
from tinyml_studio.program.instructions import TransposeConv2D
from tinyml_studio.program.program import Program


def transpose_conv2d(item: TransposeConv2D, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_transpose_conv2d``."""
    kernel = (item.weights.shape[1], item.weights.shape[2])
    layer = Parameters(
        "tms_transpose_conv2d_t",
        {
            "geometry": window_geometry(program, item, kernel, item.dilations),
            "groups": item.groups,
            "in_zero_point": program.tensors[item.inputs[0]].zero_point,
            **weighted_values(program, item, item.bias),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return (KernelCall("tms_transpose_conv2d", weighted_binding(program, item), arguments),)
