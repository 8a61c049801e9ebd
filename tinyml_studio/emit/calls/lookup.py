"""Lookup in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Result, integer_table
from tinyml_studio.program.instructions import Lookup
from tinyml_studio.program.program import Program


def lookup(item: Lookup, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_lookup``."""
    input_, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    arguments = (
        Operand(input_.name),
        Result(output.name),
        output.size,
        integer_table("table", item.table, output.type),
        -input_.type.min,
    )
    return (KernelCall("tms_lookup", Binding(output=output.type), arguments),)
