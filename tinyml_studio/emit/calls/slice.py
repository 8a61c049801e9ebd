"""Slice in C."""

from __future__ import annotations

from tinyml_studio.emit.call import KernelCall
from tinyml_studio.emit.geometry import strides_of
from tinyml_studio.emit.movement import Side, move
from tinyml_studio.program.instructions import Slice
from tinyml_studio.program.program import Program


def slice_(item: Slice, program: Program) -> tuple[KernelCall, ...]:
    """One call of ``tms_move``."""
    strides = strides_of(program.tensors[item.inputs[0]].shape)
    start = sum(at * stride for at, stride in zip(item.starts, strides, strict=True))
    steps = [step * stride for step, stride in zip(item.steps, strides, strict=True)]
    target = Side(item.output, 0, strides_of(item.sizes))
    return (move(item, program, item.sizes, Side(item.inputs[0], start, steps), target),)
