"""Conv2D in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import window_geometry
from tinyml_studio.emit.weighted import folded_bias, weighted_binding, weighted_values
from tinyml_studio.program.instructions import Conv2D
from tinyml_studio.program.program import Program


def conv2d(item: Conv2D, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_conv2d``."""
    kernel = (item.weights.shape[1], item.weights.shape[2])
    layer = Parameters(
        "tms_conv2d_t",
        {
            "geometry": window_geometry(program, item, kernel, item.dilations),
            "groups": item.groups,
            "in_zero_point": program.tensors[item.inputs[0]].zero_point,
            **weighted_values(program, item, folded_bias(program, item)),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    return (KernelCall("tms_conv2d", weighted_binding(program, item), arguments),)
