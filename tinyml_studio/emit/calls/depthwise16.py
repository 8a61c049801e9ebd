"""DepthwiseConv2D with 16-bit inputs and 32-bit accumulators in C."""

from __future__ import annotations

from dataclasses import replace

from tinyml_studio.arith.inttype import INT8
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import line_geometry
from tinyml_studio.emit.halves import (
    BLOCK,
    TAPS16,
    fits_halves,
    halves_filters,
    halves_scaling,
    halves_values,
    stored_for_helium,
)
from tinyml_studio.emit.weighted import weighted_binding
from tinyml_studio.program.instructions import DepthwiseConv2D
from tinyml_studio.program.program import Program


def depthwise16(
    item: DepthwiseConv2D, program: Program, *, helium: bool = False
) -> KernelCall | None:
    """One call of ``tms_depthwise16``; None where it cannot have the layer."""
    item = stored_for_helium(item) if helium else item
    height, width, channels = item.weights.shape
    small = item.weight_type.bits == INT8.bits or height * width <= TAPS16
    whole = program.tensors[item.inputs[0]].shape[-1] == channels and channels % BLOCK == 0
    if not small or not whole or not fits_halves(program, item):
        return None
    geometry = line_geometry(program, item, (height, width), item.dilations)
    layer = Parameters(
        "tms_depthwise16_t",
        {
            **halves_values(program, item, geometry),
            "weights": halves_filters(item),
            "scaling": halves_scaling(item, helium=helium),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(item.output))
    binding = replace(weighted_binding(program, item), helium=helium)
    return KernelCall("tms_depthwise16", binding, arguments)
