"""DepthwiseConv2D with 16-bit inputs and 32-bit accumulators in C."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.emit.blocks import four_channel_weights
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import window_geometry
from tinyml_studio.emit.halves import BLOCK, fits_halves, halves_scaling, halves_values
from tinyml_studio.emit.weighted import weighted_binding
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.program import Program


def depthwise16(
    item: DepthwiseConv2D, program: Program, *, helium: bool = False
) -> KernelCall | None:
    """One call of ``tms_depthwise16``; None where it cannot have the layer."""
    height, width, channels = item.weights.shape
    bytewise = item.weight_type.bits == 8
    whole = program.tensors[item.inputs[0]].shape[-1] == channels and channels % BLOCK == 0
    if not bytewise or not whole or not fits_halves(program, item):
        return None
    geometry = window_geometry(program, item, (height, width), item.dilations)
    layer = Parameters(
        "tms_depthwise16_t",
        {
            **halves_values(program, item, geometry),
            "weights": four_channel_weights(item),
            "scaling": halves_scaling(item, helium=helium),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    binding = replace(weighted_binding(program, item), helium=helium)
    return KernelCall("tms_depthwise16", binding, arguments)
