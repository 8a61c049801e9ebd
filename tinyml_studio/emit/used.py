"""Which C kernels each instruction calls, without writing the header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.firmware_plan import firmware_plan
from tinyml_studio.emit.library import library
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program
from tinyml_studio.program.views import is_view


@dataclass(frozen=True, slots=True)
class Used:
    """The kernels of one instruction: their instances, such as ``conv2d_rows_w8``.

    A compiler puts a kernel that is called once into its layer, with all parameters known. One that
    is called several times in a program is another thing, with a star behind its name.

    Parameters
    ----------
    instruction
        What they run.
    kernels, helium
        On most cores, and on those with Helium.
    """

    instruction: Instruction
    kernels: tuple[str, ...]
    helium: tuple[str, ...]


def kernels_used(program: Program) -> tuple[Used, ...]:
    """The kernels of every instruction that runs any, in order."""
    found = tuple(_used(program))
    here = Counter(name for used in found for name in used.kernels)
    helium = Counter(name for used in found for name in used.helium)
    return tuple(
        Used(used.instruction, _starred(used.kernels, here), _starred(used.helium, helium))
        for used in found
    )


def _starred(names: tuple[str, ...], calls: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(f"{name}*" if calls[name] > 1 else name for name in names)


def _used(program: Program) -> Iterator[Used]:
    planned = firmware_plan(program)
    plan, scratch = planned.tensors, planned.scratch
    for item in program.instructions:
        if is_view(program, item, plan.offsets):
            continue
        calls = calls_of(item, program, scratch=item.output in scratch.offsets)
        if calls:
            here = tuple(map(_instance, calls))
            yield Used(item, here, tuple(_instance(call.helium or call) for call in calls))


def _instance(call: KernelCall) -> str:
    """The kernel's name with what tells its instances apart."""
    return library().instance_name(call.kernel, call.binding, "").removeprefix("_")
