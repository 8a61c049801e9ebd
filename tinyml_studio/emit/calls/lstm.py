"""Lstm in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall, Operand, Parameters, Result
from tinyml_studio.emit.gates import factor, gates, gates_binding
from tinyml_studio.program.instructions import Lstm
from tinyml_studio.program.program import Program


def lstm(item: Lstm, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_lstm``."""
    layer = Parameters(
        "tms_lstm_t",
        {
            "gates": gates(item, program),
            "forget": factor(item.forget),
            "update": factor(item.update),
            "output": factor(item.output_multiplier),
            "cell_multiplier": item.cell_multiplier,
            "cell_shift": item.cell_shift,
            "clip": item.clip,
            "keeps_state": int(item.keeps_state),
        },
    )
    states = (Result(item.hidden), Result(item.cell))
    arguments = (layer, Operand(item.inputs[0]), *states, Result(item.output))
    return (KernelCall("tms_lstm", gates_binding(item, program), arguments),)
