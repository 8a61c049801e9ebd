"""The plan of the arena for the kernels of this project, with their scratch memory."""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass

from tinyml_studio.emit.overlaps import overlaps_of
from tinyml_studio.emit.scratch import GROWTH, ScratchPlan, plan_scratch, wanted_bytes
from tinyml_studio.program.arena import ArenaPlan, plan_arena
from tinyml_studio.program.program import Program

_LOCK = threading.Lock()


@dataclass(frozen=True, eq=False)
class FirmwarePlan:
    """Places of tensors and of scratch memory."""

    tensors: ArenaPlan
    scratch: ScratchPlan


_KNOWN: weakref.WeakKeyDictionary[Program, FirmwarePlan] = weakref.WeakKeyDictionary()


def firmware_plan(program: Program) -> FirmwarePlan:
    """Where everything lies; computed once for each program.

    How far a result may reach into its operand depends on the kernel, which depends on whether
    there is scratch memory for it. So those that get none are planned again without.
    """
    with _LOCK:
        found = _KNOWN.get(program)
        if found is None:
            found = _KNOWN[program] = _planned(program)
        return found


def _planned(program: Program) -> FirmwarePlan:
    sizes = {item.output: wanted_bytes(program, item) for item in program.instructions}
    hoped = {name: size for name, size in sizes.items() if size}
    while True:
        overlaps = overlaps_of(program, hoped)
        whole = plan_arena(program, overlaps=overlaps, scratch=hoped)
        if whole.size <= int(whole.lower_bound * (1 + GROWTH)):
            return FirmwarePlan(whole, ScratchPlan(whole.scratch, whole.size, hoped))
        plan = plan_arena(program, overlaps=overlaps) if hoped else whole
        scratch = plan_scratch(program, plan, hoped)
        if len(scratch.offsets) == len(hoped):
            return FirmwarePlan(plan, scratch)
        hoped = {name: hoped[name] for name in scratch.offsets}
