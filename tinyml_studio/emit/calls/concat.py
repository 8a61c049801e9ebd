"""Concat in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.geometry import strides_of
from tinyml_studio.emit.movement import Side, move
from tinyml_studio.program.instructions import Concat
from tinyml_studio.program.program import Program


def concat(item: Concat, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_move`` per input."""
    target = program.tensors[item.output]
    strides = strides_of(target.shape)
    calls: list[KernelCall] = []
    position = 0
    for name in item.inputs:
        shape = program.tensors[name].shape
        source = Side(name, 0, strides_of(shape))
        calls.append(
            move(
                item,
                program,
                shape,
                source,
                Side(target.name, position * strides[item.axis], strides),
            )
        )
        position += shape[item.axis]
    return tuple(calls)
