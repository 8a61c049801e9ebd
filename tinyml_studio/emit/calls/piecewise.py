"""Piecewise in C."""

from __future__ import annotations

import numpy as np

from tinyml_studio.arith.inttype import INT16
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    integer_table,
    narrowest,
)
from tinyml_studio.program.instructions import Piecewise
from tinyml_studio.program.program import Program


def piecewise(item: Piecewise, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_piecewise``."""
    output = program.tensors[item.output]
    values = item.values if item.values.size else np.zeros(1, np.int32)
    entry = narrowest(item.page, 8, 16)
    layer = Parameters(
        "tms_piecewise_t",
        {
            "size": output.size,
            "shift": item.shift,
            "table": integer_table("table", item.table, INT16),
            "page": integer_table("page", item.page, entry),
            "values": integer_table("values", values.reshape(-1), INT16),
        },
    )
    arguments = (layer, Operand(item.inputs[0]), Result(output.name))
    return (KernelCall("tms_piecewise", Binding(output=output.type, table=entry), arguments),)
