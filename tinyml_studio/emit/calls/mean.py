"""Mean in C."""

from __future__ import annotations

from math import prod

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import Loops, merged_loops, strides_of
from tinyml_studio.program.instructions import Mean
from tinyml_studio.program.program import Program


def mean(item: Mean, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_mean``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    axes = {axis % len(input_.shape) for axis in item.axes}
    kept = _loops(item, input_.shape, set(range(len(input_.shape))) - axes)
    summed = _loops(item, input_.shape, axes)
    divides = item.divisor > 1
    layer = Parameters(
        "tms_mean_t",
        {
            "kept": kept.sizes,
            "kept_strides": kept.strides[0],
            "summed": summed.sizes,
            "summed_strides": summed.strides[0],
            "in_offset": prod(summed.sizes) * input_.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "multiplier": item.divisor if divides else item.multiplier.mantissa,
            "shift": item.multiplier.shift,
        },
    )
    binding = Binding(input=input_.type, output=output.type, divides=divides)
    return (KernelCall("tms_mean", binding, (layer, Operand(input_.name), Result(output.name))),)


def _loops(item: Mean, shape: tuple[int, ...], axes: set[int]) -> Loops:
    """The walk over some axes of the input."""
    strides = strides_of(shape)
    order = sorted(axes)
    return merged_loops([shape[a] for a in order], [strides[a] for a in order], item=item, count=3)
