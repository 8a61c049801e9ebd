"""Gru in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.gates import factor, gates, gates_binding
from tinyml_studio.program.instructions import Gru
from tinyml_studio.program.program import Program


def gru(item: Gru, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_gru``."""
    layer = Parameters(
        "tms_gru_t",
        {
            "gates": gates(item, program),
            "output": factor(item.output_multiplier),
            "reset": factor(item.reset_multiplier),
            "reset_after": int(item.reset_after),
        },
    )
    own = (Result(item.value), Result(item.hidden), Result(item.gated))
    arguments = (layer, Operand(item.inputs[0]), *own, Result(item.output))
    return (KernelCall("tms_gru", gates_binding(item, program), arguments),)
