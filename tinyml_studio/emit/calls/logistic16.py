"""Logistic16 in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Operand, Result, table
from tinyml_studio.program.instructions import Logistic16
from tinyml_studio.program.program import Program


def logistic16(item: Logistic16, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_sigmoid16`` or ``tms_tanh16``."""
    arguments = (
        Operand(item.inputs[0]),
        Result(item.output),
        program.tensors[item.output].size,
        table("table", "uint16_t", item.table),
        item.multiplier,
        item.shift,
    )
    return (KernelCall("tms_tanh16" if item.tanh else "tms_sigmoid16", Binding(), arguments),)
