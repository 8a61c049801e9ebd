"""Interpolate in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Result, integer_table, narrowest
from tinyml_studio.program.instructions import Interpolate
from tinyml_studio.program.program import Program


def interpolate(item: Interpolate, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_interpolate``."""
    output = program.tensors[item.output]
    entry = narrowest(item.table, 16, 32)
    arguments = (
        Operand(item.inputs[0]),
        Result(output.name),
        output.size,
        integer_table("table", item.table, entry),
        item.low,
        item.high,
    )
    return (KernelCall("tms_interpolate", Binding(output=output.type, table=entry), arguments),)
