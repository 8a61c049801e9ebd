"""The plan of the arena for the kernels of this project, with their scratch memory."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from tinyml_studio.emit.depthwise_order import DepthwiseOrder
from tinyml_studio.emit.overlaps import depthwise_orders, overlaps_of
from tinyml_studio.emit.scratch import GROWTH, ScratchPlan, plan_scratch, wanted_bytes
from tinyml_studio.program.arena import ArenaPlan, plan_arena
from tinyml_studio.program.program import Program

_LOCK = threading.Lock()
_MOST_TRIALS = 5000
"""Copies times instructions: how many are left out one after the other to see what it costs."""


@dataclass(frozen=True, eq=False)
class FirmwarePlan:
    """Places of tensors and of scratch memory, and the order of depthwise layers by their output.

    Depthwise layers without one go as fast as they can.
    """

    tensors: ArenaPlan
    scratch: ScratchPlan
    orders: Mapping[str, DepthwiseOrder] = field(default_factory=dict)


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
    """The plan that takes least, with as few slow orders and copies as possible."""
    return _with_copies(program, _with_slow_orders(program))


def _with_slow_orders(program: Program) -> FirmwarePlan:
    """The plan with the fewest depthwise layers in a slow order, of those that take least."""
    best = _with_orders(program, {})
    left = dict(depthwise_orders(program))
    used: dict[str, DepthwiseOrder] = {}
    while True:
        fullest = max((step.live_bytes for step in best.tensors.steps), default=0)
        here = {step.output for step in best.tensors.steps if step.live_bytes == fullest}
        more = {name: left.pop(name) for name in here & left.keys()}
        if not more:
            return best
        used |= more
        found = _with_orders(program, used)
        if found.scratch.size >= best.scratch.size:
            return best
        best = found


def _with_copies(program: Program, best: FirmwarePlan) -> FirmwarePlan:
    """The same, or a smaller one in which some operands are first copied to where there is room.

    Results over their operands lie lower and lower; after some of them there is no room below.
    """
    orders = dict(best.orders)
    if best.scratch.size <= best.tensors.lower_bound * (1 + GROWTH):
        return best
    copied = set(best.tensors.over)
    found = _with_orders(program, orders, copied)
    while _sunk(program, found.tensors):
        copied -= _sunk(program, found.tensors)
        found = _with_orders(program, orders, copied)
    if found.scratch.size >= best.scratch.size:
        return best
    if len(copied) * len(program.instructions) > _MOST_TRIALS:
        return found  # of a very long network: as small, with more copies than it needs
    for name in sorted(copied):
        fewer = _with_orders(program, orders, copied - {name})
        smaller = fewer.scratch.size <= found.scratch.size
        if smaller and not _sunk(program, fewer.tensors):
            found, copied = fewer, copied - {name}
    return found


def _sunk(program: Program, plan: ArenaPlan) -> set[str]:
    """The outputs of instructions whose operand would be copied to a lower place: for nothing."""
    return {
        item.output
        for item in program.instructions
        if plan.copies.get(item.output, plan.size) < plan.offsets.get(item.inputs[0], 0)
    }


def _with_orders(
    program: Program, orders: Mapping[str, DepthwiseOrder], moved: Collection[str] = ()
) -> FirmwarePlan:
    """The plan with scratch memory for as many instructions as possible."""
    sizes = {item.output: wanted_bytes(program, item) for item in program.instructions}
    hoped = {name: size for name, size in sizes.items() if size}
    while True:
        overlaps = overlaps_of(program, hoped, orders)
        whole = plan_arena(program, overlaps=overlaps, scratch=hoped, moved=moved)
        if whole.size <= int(whole.lower_bound * (1 + GROWTH)):
            scratch = ScratchPlan(whole.scratch, whole.size, hoped)
            return FirmwarePlan(whole, scratch, _followed(whole, orders))
        plan = plan_arena(program, overlaps=overlaps, moved=moved) if hoped else whole
        scratch = plan_scratch(program, plan, hoped)
        if len(scratch.offsets) == len(hoped):
            return FirmwarePlan(plan, scratch, _followed(plan, orders))
        hoped = {name: hoped[name] for name in scratch.offsets}


def _followed(
    plan: ArenaPlan, orders: Mapping[str, DepthwiseOrder]
) -> Mapping[str, DepthwiseOrder]:
    """The orders of those layers that are written over their input in the end."""
    return {name: order for name, order in orders.items() if name in plan.over}
