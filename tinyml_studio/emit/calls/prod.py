"""Prod in C."""

from __future__ import annotations

from tinyml_studio.arith.fixed_point import reduce_multiplier
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.geometry import Loops, merged_loops, strides_of
from tinyml_studio.program.instructions import Prod
from tinyml_studio.program.program import Program


def prod(item: Prod, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_prod``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    axes = set(item.axes)
    kept = _loops(item, input_.shape, set(range(len(input_.shape))) - axes)
    multiplied = _loops(item, input_.shape, axes)
    layer = Parameters(
        "tms_prod_t",
        {
            "kept": kept.sizes,
            "kept_strides": kept.strides[0],
            "multiplied": multiplied.sizes,
            "multiplied_strides": multiplied.strides[0],
            "in_zero_point": input_.zero_point,
            "out_zero_point": output.zero_point,
            "low": item.low - output.zero_point,
            "high": item.high - output.zero_point,
            "multiplier": reduce_multiplier(item.multiplier.mantissa),
            "shift": item.multiplier.shift,
        },
    )
    binding = Binding(input=input_.type, output=output.type)
    return (KernelCall("tms_prod", binding, (layer, Operand(input_.name), Result(output.name))),)


def _loops(item: Prod, shape: tuple[int, ...], axes: set[int]) -> Loops:
    """The walk over some axes of the input."""
    strides = strides_of(shape)
    order = sorted(axes)
    return merged_loops([shape[a] for a in order], [strides[a] for a in order], item=item, count=3)
