"""What calls of kernels for two operands that broadcast to one shape have in common."""

from __future__ import annotations

from collections.abc import Mapping

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result, Value
from tinyml_studio.emit.geometry import broadcast_strides, merged_loops
from tinyml_studio.program.instructions import (
    Add,
    AddFloat32,
    Div,
    DivFloat32,
    Extremum,
    Mul,
    MulFloat32,
    PRelu,
    SquaredDifference,
)
from tinyml_studio.program.program import Program

Centred = Add | Mul | Div | DivFloat32 | SquaredDifference
Broadcast = Centred | AddFloat32 | MulFloat32 | Extremum | PRelu


def broadcast_call(
    kernel: str,
    item: Broadcast,
    program: Program,
    values: Mapping[str, Value],
    *,
    binding: Binding | None = None,
) -> KernelCall:
    """A call of a kernel whose structure has these members behind the loops over both operands.

    Without a `binding` it is for the types of both operands and the output.
    """
    a, b = (program.tensors[name] for name in item.inputs)
    output = program.tensors[item.output]
    strides = [broadcast_strides(tensor.shape, output.shape) for tensor in (a, b)]
    loops = merged_loops(output.shape, *strides, item=item)
    walk = {"sizes": loops.sizes, "a_strides": loops.strides[0], "b_strides": loops.strides[1]}
    held = {"loops": Parameters("tms_broadcast_t", walk), **values}
    layer = Parameters(f"{kernel}_t", held)
    types = binding or Binding(input=a.type, second=b.type, output=output.type)
    return KernelCall(kernel, types, (layer, Operand(a.name), Operand(b.name), Result(output.name)))


def zero_points(item: Broadcast, program: Program) -> dict[str, Value]:
    """Those of both operands and of the output."""
    names = {"a": item.inputs[0], "b": item.inputs[1], "out": item.output}
    return {f"{key}_zero_point": program.tensors[name].zero_point for key, name in names.items()}


def centred(item: Centred, program: Program) -> dict[str, Value]:
    """The zero points, and the limits of what the output's is added to."""
    zero_point = program.tensors[item.output].zero_point
    limits = {"low": item.low - zero_point, "high": item.high - zero_point}
    return {**zero_points(item, program), **limits}
