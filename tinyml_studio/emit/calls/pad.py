"""Pad in C."""

from __future__ import annotations

from tinyml_studio.emit.binding import Binding
from tinyml_studio.emit.call import KernelCall, Result
from tinyml_studio.emit.geometry import strides_of
from tinyml_studio.emit.movement import Side, move
from tinyml_studio.program.instructions import Pad
from tinyml_studio.program.program import Program


def pad(item: Pad, program: Program) -> tuple[KernelCall, ...]:
    """A call of ``tms_fill`` for the whole output, then one of ``tms_move`` for its inner part."""
    output = program.tensors[item.output]
    shape = program.tensors[item.inputs[0]].shape
    strides = strides_of(output.shape)
    start = sum(before * stride for (before, _), stride in zip(item.pads, strides, strict=True))
    arguments = (Result(output.name), output.size, item.value)
    fill = KernelCall("tms_fill", Binding(input=output.type), arguments)
    source = Side(item.inputs[0], 0, strides_of(shape))
    return fill, move(item, program, shape, source, Side(output.name, start, strides))
