"""SquaredDifference in C."""

from __future__ import annotations

from tinyml_studio.emit.broadcast_call import broadcast_call, centred
from tinyml_studio.emit.call import KernelCall, Value
from tinyml_studio.program.instructions import SquaredDifference
from tinyml_studio.program.program import Program


def squared_difference(item: SquaredDifference, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_squared_difference``."""
    values: dict[str, Value] = {
        **centred(item, program),
        "left": 1 << item.left_shift,
        "a_multiplier": item.multiplier_a.mantissa,
        "a_shift": item.multiplier_a.shift,
        "b_multiplier": item.multiplier_b.mantissa,
        "b_shift": item.multiplier_b.shift,
        "multiplier": item.multiplier_out.mantissa,
        "shift": item.multiplier_out.shift,
    }
    return (broadcast_call("tms_squared_difference", item, program, values),)
