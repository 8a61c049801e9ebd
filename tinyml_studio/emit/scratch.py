"""Memory that kernels have for themselves while they run: gaps in the arena, or a little more."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tinyml_studio.emit.blocks import PATCH, gathers, window_values
from tinyml_studio.program.arena import ArenaPlan, ArenaStep
from tinyml_studio.program.instructions import Conv2D, Instruction
from tinyml_studio.program.program import Program

GROWTH = 1 / 20
"""Part of the fullest step's bytes by which an arena may grow for scratch memory."""

_PIXELS = 2
_BYTES_OF_VALUE = 2


@dataclass(frozen=True, slots=True)
class ScratchPlan:
    """Places in the arena by the tensor that an instruction writes, and the arena's size.

    `sizes` has the bytes of each place.
    """

    offsets: Mapping[str, int]
    size: int
    sizes: Mapping[str, int] = field(default_factory=dict)


def plan_scratch(
    program: Program, plan: ArenaPlan, among: Collection[str] | None = None
) -> ScratchPlan:
    """A place for every instruction that works faster with scratch memory and can have it.

    With `among`, only for those that write these tensors.

    It is the lowest gap between the tensors that live in the step. At the end of the arena it may
    exceed the plan's size by `GROWTH` of the lower bound; a layer that needs more goes without.
    """
    limit = max(plan.size, int(plan.lower_bound * (1 + GROWTH)))
    wanted = {
        item.output: wanted_bytes(program, item)
        for item in program.instructions
        if among is None or item.output in among
    }
    return place_scratch(program, plan, wanted, limit=limit)


def place_scratch(
    program: Program, plan: ArenaPlan, wanted: Mapping[str, int], *, limit: int | None = None
) -> ScratchPlan:
    """A place for everything that is wanted, but for what would end behind the limit."""
    offsets: dict[str, int] = {}
    size = plan.size
    for item, step in zip(program.instructions, plan.steps, strict=True):
        bytes_ = wanted.get(item.output, 0)
        offset = _gap(program, plan, step, bytes_)
        if bytes_ and (limit is None or offset + bytes_ <= limit):
            offsets[item.output] = offset
            size = max(size, offset + bytes_)
    return ScratchPlan(offsets, size, {name: wanted[name] for name in offsets})


def wanted_bytes(program: Program, item: Instruction) -> int:
    """Bytes that an instruction's kernel would like to have; 0 for none."""
    if not isinstance(item, Conv2D) or item.weights[0].size <= PATCH or not gathers(program, item):
        return 0
    return _PIXELS * _BYTES_OF_VALUE * window_values(item)


def _gap(program: Program, plan: ArenaPlan, step: ArenaStep, size: int) -> int:
    """The lowest aligned offset with so many free bytes behind it."""
    taken = [
        (plan.offsets[name], plan.offsets[name] + program.tensors[name].nbytes)
        for name in step.live
    ]
    if step.output in plan.copies:
        start = plan.copies[step.output]
        taken.append((start, start + program.tensors[step.copied].nbytes))
    offset = 0
    for start, stop in sorted(taken):
        if offset + size <= start:
            break
        offset = max(offset, -(-stop // plan.alignment) * plan.alignment)
    return offset
