"""Mul in C."""

from __future__ import annotations

from tinyml_studio.emit.broadcast_call import broadcast_call, centred
from tinyml_studio.emit.call import KernelCall, Value
from tinyml_studio.program.instructions import Mul
from tinyml_studio.program.program import Program


def mul(item: Mul, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_mul``."""
    values: dict[str, Value] = {
        **centred(item, program),
        "multiplier": item.multiplier.mantissa,
        "shift": item.multiplier.shift,
    }
    return (broadcast_call("tms_mul", item, program, values),)
