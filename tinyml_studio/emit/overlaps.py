"""How far results may reach into operands, from the kernels that a header calls."""

from __future__ import annotations

from collections.abc import Collection
from math import prod

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.orders import moments_of
from tinyml_studio.program.instructions import (
    AveragePool2D,
    AveragePoolFloat32,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    Instruction,
    MaxPool2D,
)
from tinyml_studio.program.overlap import Overlap, Overlaps
from tinyml_studio.program.program import Program

_WINDOWS = (
    Conv2D, DepthwiseConv2D, MaxPool2D, AveragePool2D, AveragePoolFloat32, FullyConnected,
)  # fmt: skip


def overlaps_of(program: Program, scratch: Collection[str] = ()) -> Overlaps:
    """By output, where some of it may lie over the input that is read.

    `scratch` are the outputs of instructions that have scratch memory. As one header serves all
    cores of a family, every distance holds for all kernels that it may call for an instruction.
    """
    found = {item.output: _overlap(program, item, scratch) for item in program.instructions}
    return {name: overlap for name, overlap in found.items() if overlap is not None}


def _overlap(program: Program, item: Instruction, scratch: Collection[str]) -> Overlap | None:
    if not isinstance(item, _WINDOWS) or item.inputs[0] in program.constants:
        return None
    if prod(program.tensors[item.output].shape[:-1]) == 1:
        return None  # all of the input is read for the last outputs
    distances = [
        distance_of(program, item, kernel)
        for call in calls_of(item, program, scratch=item.output in scratch)
        for kernel in (call, call.helium)
        if kernel is not None
    ]
    widest = max(distances)
    if widest >= program.tensors[item.output].nbytes:
        return None
    return Overlap(item.inputs[0], max(widest, -program.tensors[item.inputs[0]].nbytes))


def distance_of(program: Program, item: Instruction, call: KernelCall) -> int:
    """The distance of one kernel; that of no overlap where its order is not known."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    moments = moments_of(call)
    if moments is None:
        return output.nbytes
    return moments.distance(input_.type.carrier.itemsize, output.type.carrier.itemsize)
