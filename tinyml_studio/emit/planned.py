"""The calls of an instruction as the header writes them and as they are counted."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.calls.registry import calls_of
from tinyml_studio.emit.depthwise_order import in_order
from tinyml_studio.emit.firmware_plan import FirmwarePlan
from tinyml_studio.emit.shared_form import in_shared_form
from tinyml_studio.program.instructions import Instruction
from tinyml_studio.program.program import Program


def planned_calls(
    item: Instruction, program: Program, plan: FirmwarePlan
) -> tuple[KernelCall, ...]:
    """With the scratch memory and the order that the plan has for it, in the form of all layers."""
    calls = calls_of(item, program, scratch=item.output in plan.scratch.offsets)
    shared = in_shared_form(calls, program)
    order = plan.orders.get(item.output)
    return shared if order is None else tuple(in_order(call, order) for call in shared)
