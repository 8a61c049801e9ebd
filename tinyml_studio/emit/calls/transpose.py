"""Transpose in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.geometry import strides_of
from tinyml_studio.emit.movement import Side, move
from tinyml_studio.program.instructions import Transpose
from tinyml_studio.program.program import Program


def transpose(item: Transpose, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_move``."""
    strides = strides_of(program.tensors[item.inputs[0]].shape)
    shape = program.tensors[item.output].shape
    source = Side(item.inputs[0], 0, [strides[axis] for axis in item.perm])
    return (move(item, program, shape, source, Side(item.output, 0, strides_of(shape))),)
