"""Div in C."""

from __future__ import annotations

from tinyml_studio.emit.broadcast_call import broadcast_call, centred
from tinyml_studio.emit.call import KernelCall, Value
from tinyml_studio.program.instructions import Div
from tinyml_studio.program.program import Program


def div(item: Div, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_div``."""
    values: dict[str, Value] = {
        **centred(item, program),
        "multiplier": item.multiplier.mantissa,
        "shift": item.multiplier.shift,
    }
    return (broadcast_call("tms_div", item, program, values),)
