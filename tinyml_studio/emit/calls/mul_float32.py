"""MulFloat32 in C."""

from __future__ import annotations

from tinyml_studio.emit.broadcast_call import broadcast_call, zero_points
from tinyml_studio.emit.call import KernelCall, Value, float_bits
from tinyml_studio.program.instructions import MulFloat32
from tinyml_studio.program.program import Program


def mul_float32(item: MulFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_mul_float32``."""
    values: dict[str, Value] = {
        **zero_points(item, program),
        "low": item.low,
        "high": item.high,
        "origin": item.origin,
        "ratio": float_bits(item.ratio),
    }
    return (broadcast_call("tms_mul_float32", item, program, values),)
