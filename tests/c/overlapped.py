"""Layers whose outputs reach into their inputs as far as their kernels allow, or farther."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from tests.c.merged import Merged, info
from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.depthwise_order import KERNEL, DepthwiseOrder, depthwise_order
from tinyml_studio.emit.firmware_plan import FirmwarePlan
from tinyml_studio.emit.header import c_header
from tinyml_studio.emit.info import self_test_vectors
from tinyml_studio.emit.orders import members_of
from tinyml_studio.emit.overlaps import distance_of
from tinyml_studio.emit.scratch import ScratchPlan, wanted_bytes
from tinyml_studio.program.arena import ALIGNMENT, ArenaPlan
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program

WORD = 4


def with_scratch(program: Program) -> Mapping[str, int]:
    """Bytes of scratch memory of every other layer that wants some."""
    found = {item.output: wanted_bytes(program, item) for item in program.instructions[::2]}
    return {name: size for name, size in found.items() if size}


def call_of(
    program: Program, item: Instruction, scratch: Collection[str], *, helium: bool
) -> KernelCall:
    """The kernel of an instruction on cores with Helium, or on all others."""
    (call,) = calls_of(item, program, scratch=item.output in scratch)
    return (call.helium or call) if helium else call


def stated(program: Program, *, helium: bool, farther: int = 0) -> Mapping[str, int]:
    """Distances by output in whole words, less so many bytes; only where there is an overlap."""
    found, scratch = {}, with_scratch(program)
    for item in program.instructions:
        call = call_of(program, item, scratch, helium=helium)
        if call.kernel == KERNEL:
            order = depthwise_order(members_of(call), 0)
            if order is not None and order.distance < program.tensors[item.output].nbytes:
                found[item.output] = order.distance - farther
            continue
        reach = -program.tensors[item.inputs[0]].nbytes
        words = -(-max(distance_of(program, item, call), reach) // WORD) * WORD
        if words < program.tensors[item.output].nbytes:
            found[item.output] = words - farther
    return found


def plan_of(program: Program, distances: Mapping[str, int]) -> FirmwarePlan:
    """Every layer in a region of its own, with its input behind its output by its distance."""
    offsets: dict[str, int] = {}
    places: dict[str, int] = {}
    scratch, at = with_scratch(program), 0
    for item in program.instructions:
        source = item.inputs[0]
        size, read = (program.tensors[name].nbytes for name in (item.output, source))
        distance = distances.get(item.output, _up(size))
        first = at + _up(max(-distance, 0))
        offsets |= {item.output: first, source: first + distance}
        places[item.output] = _up(max(first + size, first + distance + read))
        at = _up(places[item.output] + scratch.get(item.output, 0))
    places = {name: places[name] for name in scratch}
    buffers = tuple((name,) for name in offsets)
    tensors = ArenaPlan(offsets, at, ALIGNMENT, at, (), buffers)
    return FirmwarePlan(tensors, ScratchPlan(places, at, scratch), _orders(program, distances))


def _orders(program: Program, distances: Mapping[str, int]) -> Mapping[str, DepthwiseOrder]:
    found = {}
    for item in program.instructions:
        (call,) = calls_of(item, program)
        if item.output in distances and call.kernel == KERNEL:
            order = depthwise_order(members_of(call), 0)
            if order is not None:
                found[item.output] = order
    return found


def header_at(cases: Merged, distances: Mapping[str, int], *, samples: int) -> str:
    """The header with just these distances."""
    program = cases.program
    vectors = self_test_vectors(program, cases.values, count=samples)
    return c_header(program, info=info("net"), vectors=vectors, plan=plan_of(program, distances))


def _up(size: int) -> int:
    return -(-size // ALIGNMENT) * ALIGNMENT
