"""Reshape in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Result
from tinyml_studio.program.instructions import Reshape
from tinyml_studio.program.program import Program


def reshape(item: Reshape, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_copy``; it is left out where the arena gives both tensors one place."""
    output = program.tensors[item.output]
    arguments = (Operand(item.inputs[0]), Result(output.name), output.size)
    return (KernelCall("tms_copy", Binding(input=output.type), arguments),)
