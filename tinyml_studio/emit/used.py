"""Which C kernels each instruction calls, without writing the header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand
from tinyml_studio.emit.firmware_plan import firmware_plan
from tinyml_studio.emit.library import library
from tinyml_studio.emit.planned import planned_calls
from tinyml_studio.program.arena import ArenaPlan
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program
from tinyml_studio.program.views import is_view


@dataclass(frozen=True, slots=True)
class Kernel:
    """One call of a kernel.

    A compiler puts a kernel that is called once into its layer, with all parameters known. One that
    is called several times in a program is another thing, with a star behind its name.

    Parameters
    ----------
    instance
        The kernel with the types that it is made for, such as ``conv2d_rows_w8``.
    call
        What it is called with.
    """

    instance: str
    call: KernelCall


@dataclass(frozen=True, slots=True)
class Used:
    """The kernels of one instruction.

    Parameters
    ----------
    instruction
        What they run.
    kernels
        In order.
    """

    instruction: Instruction
    kernels: tuple[Kernel, ...]


def kernels_used(program: Program, *, helium: bool = False) -> tuple[Used, ...]:
    """The kernels of every instruction that runs any, in order; with Helium or without."""
    found = tuple(_used(program, helium=helium))
    calls = Counter(kernel.instance for used in found for kernel in used.kernels)
    return tuple(replace(used, kernels=_starred(used.kernels, calls)) for used in found)


def _starred(kernels: tuple[Kernel, ...], calls: Mapping[str, int]) -> tuple[Kernel, ...]:
    return tuple(
        replace(held, instance=f"{held.instance}*") if calls[held.instance] > 1 else held
        for held in kernels
    )


def _used(program: Program, *, helium: bool) -> Iterator[Used]:
    planned = firmware_plan(program)
    plan = planned.tensors
    for item in program.instructions:
        if is_view(program, item, plan.offsets):
            continue
        calls = planned_calls(item, program, planned)
        if calls:
            chosen = [(call.helium or call) if helium else call for call in calls]
            chosen = [*_lift(program, item, plan), *chosen]
            yield Used(item, tuple(Kernel(_instance(call), call) for call in chosen))


def _lift(program: Program, item: Instruction, plan: ArenaPlan) -> Iterator[KernelCall]:
    """The call that first copies an operand to where there is room, if there is one."""
    place = plan.copies.get(item.output)
    if place is not None and plan.offsets[item.inputs[0]] != place:
        operand = program.tensors[item.inputs[0]]
        source = Operand(operand.name)
        yield KernelCall("tms_lift", Binding(), (source, source, operand.nbytes))


def _instance(call: KernelCall) -> str:
    """The kernel's name with what tells its instances apart."""
    return library().instance_name(call.kernel, call.binding, "").removeprefix("_")


def functions_of(call: KernelCall) -> frozenset[str]:
    """Names of the functions and types that a call needs, the kernel's own among them."""
    return _needed(call.kernel, call.binding)


@cache
def _needed(name: str, binding: Binding) -> frozenset[str]:
    others = (_needed(other, binding) for other in library().references(name, binding))
    own = library().instance_name(name, binding, "").removeprefix("_")
    return frozenset({own}).union(*others)
