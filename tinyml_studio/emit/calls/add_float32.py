"""AddFloat32 in C."""

from __future__ import annotations

from tinyml_studio.emit.broadcast_call import broadcast_call
from tinyml_studio.emit.call import KernelCall, Value, float_bits
from tinyml_studio.program.instructions import AddFloat32
from tinyml_studio.program.program import Program


def add_float32(item: AddFloat32, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_add_float32``."""
    values: dict[str, Value] = {
        "low": item.low,
        "high": item.high,
        "origin": item.origin,
        "a_ratio": float_bits(item.ratio_a),
        "b_ratio": float_bits(item.ratio_b),
        "offset": float_bits(item.offset),
    }
    return (broadcast_call("tms_add_float32", item, program, values),)
