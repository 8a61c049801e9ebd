"""Whether a STRIDED_SLICE takes the end of its operand."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Refused
from tinyml_studio.formats.tflite.element_types import INT32, decode
from tinyml_studio.formats.tflite.schema import WireOperator, WireTensor

_BEGIN, _END, _ELLIPSIS, _NEW_AXIS, _SHRINK, _OFFSET = range(6)


def last_positions(cut: WireOperator, tensors: tuple[WireTensor, ...]) -> bool:
    """Whether it takes the last positions of its operand along one axis, and all of the others."""
    shape, made = tensors[cut.inputs[0]].shape, tensors[cut.outputs[0]].shape
    options = cut.options
    if options is None or len(cut.inputs) != 4 or len(shape) != len(made):
        return False
    if any(options.integer(mask, "<i4") for mask in (_ELLIPSIS, _NEW_AXIS, _SHRINK)):
        return False
    lists = [_numbers(tensors[index]) for index in cut.inputs[1:]]
    if options.integer(_OFFSET, "u1") or {len(values) for values in lists} != {len(shape)}:
        return False
    shorter = 0
    for axis, (begin, end, step) in enumerate(zip(*lists, strict=True)):
        first = None if options.integer(_BEGIN, "<i4") >> axis & 1 else begin
        last = None if options.integer(_END, "<i4") >> axis & 1 else end
        if step != 1:
            return False
        taken = range(*slice(first, last, step).indices(shape[axis]))
        if len(taken) != made[axis] or not taken or taken[-1] != shape[axis] - 1:
            return False
        shorter += len(taken) < shape[axis]
    return shorter <= 1


def _numbers(tensor: WireTensor) -> tuple[int, ...]:
    """A constant list of integers; none for anything else."""
    if tensor.data is None or tensor.kind != INT32:
        return ()
    try:
        return tuple(int(value) for value in decode(tensor).reshape(-1)[:17])
    except Refused:
        return ()
