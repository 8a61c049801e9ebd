"""Gather in C."""

from __future__ import annotations

from math import prod

import numpy as np

from tinyml_studio.arith.inttype import IntType
from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import (
    KernelCall,
    Operand,
    Parameters,
    Result,
    integer_table,
    narrowest,
)
from tinyml_studio.program.instructions import Gather
from tinyml_studio.program.program import Program


def gather(item: Gather, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_gather``, over the axes with indices and what lies between them."""
    x, output = program.tensors[item.inputs[0]], program.tensors[item.output]
    chosen = [(axis, taken) for axis, taken in enumerate(item.indices) if taken is not None]
    # an axis of one position in front stands for one that is not there
    axes = [-1] * (2 - len(chosen)) + [axis for axis, _ in chosen]
    taken = [(0,)] * (2 - len(chosen)) + [held for _, held in chosen]
    entry = narrowest(np.array([*taken[0], *taken[1]]), 8, 16, 32)
    shape = x.shape
    layer = Parameters(
        "tms_gather_t",
        {
            "outer": prod(shape[: max(axes[0], 0)]),
            "first": len(taken[0]),
            "middle": prod(shape[axes[0] + 1 : max(axes[1], 0)]),
            "second": len(taken[1]),
            "inner": prod(shape[axes[1] + 1 :]),
            "in_first": 1 if axes[0] < 0 else shape[axes[0]],
            "in_second": 1 if axes[1] < 0 else shape[axes[1]],
            "first_at": integer_table("rows", np.array(taken[0]), entry),
            "second_at": integer_table("columns", np.array(taken[1]), entry),
        },
    )
    binding = Binding(input=output.type, table=IntType(entry.bits))
    return (KernelCall("tms_gather", binding, (layer, Operand(x.name), Result(output.name))),)
