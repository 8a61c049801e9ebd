"""How far results may reach into operands, from the kernels that a header calls."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from math import prod
from types import MappingProxyType

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.depthwise_order import KERNEL, DepthwiseOrder, depthwise_order
from tinyml_studio.emit.orders import members_of, moments_of
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


def overlaps_of(
    program: Program,
    scratch: Collection[str] = (),
    orders: Mapping[str, DepthwiseOrder] = MappingProxyType({}),
) -> Overlaps:
    """By output, where some of it may lie over the input that is read.

    `scratch` are the outputs of instructions that have scratch memory; depthwise layers on blocks
    of channels are there if they have one of the `orders`. As one header serves all cores of a
    family, every distance holds for all kernels that it may call for an instruction.
    """
    found = {}
    for item in program.instructions:
        if not _slides(program, item):
            continue
        distances = kernel_distances(program, item, scratch=item.output in scratch)
        order = orders.get(item.output)
        if order is not None:
            distances[KERNEL] = order.distance
        widest = max(distances.values())
        if widest < program.tensors[item.output].nbytes:
            reach = max(widest, -program.tensors[item.inputs[0]].nbytes)
            exact = order is not None and order.exact
            found[item.output] = Overlap(item.inputs[0], reach, exact)
    return found


def depthwise_orders(program: Program) -> Mapping[str, DepthwiseOrder]:
    """By output, the orders of all layers that have a slow one for an output over the input."""
    found = {}
    for item in program.instructions:
        if not isinstance(item, DepthwiseConv2D) or not _slides(program, item):
            continue
        call = calls_of(item, program)[0]
        if call.kernel != KERNEL:
            continue
        least = 0 if call.helium is None else distance_of(program, item, call.helium)
        order = depthwise_order(members_of(call), least)
        if order is not None and order.distance < program.tensors[item.output].nbytes:
            found[item.output] = order
    return found


def _slides(program: Program, item: Instruction) -> bool:
    """Whether an instruction goes over its input in some order, not once for every output."""
    return (
        isinstance(item, _WINDOWS)
        and item.inputs[0] not in program.constants
        and prod(program.tensors[item.output].shape[:-1]) > 1
    )


def kernel_distances(program: Program, item: Instruction, *, scratch: bool) -> dict[str, int]:
    """The distances of all kernels that a header may call for an instruction."""
    return {
        kernel.kernel: distance_of(program, item, kernel)
        for call in calls_of(item, program, scratch=scratch)
        for kernel in (call, call.helium)
        if kernel is not None
    }


def distance_of(program: Program, item: Instruction, call: KernelCall) -> int:
    """The distance of one kernel; that of no overlap where its order is not known."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    moments = moments_of(call)
    if moments is None:
        return output.nbytes
    return moments.distance(input_.type.carrier.itemsize, output.type.carrier.itemsize)
