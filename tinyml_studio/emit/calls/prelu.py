"""PRelu in C."""

from __future__ import annotations

from tinyml_studio.emit.broadcast_call import broadcast_call
from tinyml_studio.emit.call import KernelCall, Value
from tinyml_studio.program.instructions import PRelu
from tinyml_studio.program.program import Program


def prelu(item: PRelu, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_prelu``."""
    x, slope = (program.tensors[name] for name in item.inputs)
    zero_point = program.tensors[item.output].zero_point
    values: dict[str, Value] = {
        "in_zero_point": x.zero_point,
        "slope_zero_point": slope.zero_point,
        "out_zero_point": zero_point,
        "low": item.low - zero_point,
        "high": item.high - zero_point,
        "multiplier": item.identity.mantissa,
        "shift": item.identity.shift,
        "alpha_multiplier": item.alpha.mantissa,
        "alpha_shift": item.alpha.shift,
    }
    return (broadcast_call("tms_prelu", item, program, values),)
