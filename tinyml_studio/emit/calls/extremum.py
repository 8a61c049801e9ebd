"""Extremum in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.broadcast_call import broadcast_call
from tinyml_studio.emit.call import KernelCall, Value
from tinyml_studio.program.instructions import Extremum
from tinyml_studio.program.program import Program


def extremum(item: Extremum, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_extremum``."""
    types = Binding(input=program.tensors[item.output].type)
    values: dict[str, Value] = {"sign": 1 if item.largest else -1}
    return (broadcast_call("tms_extremum", item, program, values, binding=types),)
