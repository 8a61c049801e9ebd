"""STRIDED_SLICE: Python's ``x[begin:end:stride]`` with masks that leave an end open."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Reshape, Slice

_BEGIN, _END, _ELLIPSIS, _NEW_AXIS, _SHRINK, _OFFSET = range(6)


def convert_strided_slice(emitter: Emitter) -> tuple[Tensor, ...]:
    """A slice, and a reshape where axes are dropped."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    if any(emitter.option(number, "<i4") for number in (_ELLIPSIS, _NEW_AXIS)):
        raise Refused("an ellipsis or a new axis is not supported")
    if emitter.option(_OFFSET, "u1"):
        raise Refused("ends relative to the begins are not supported")
    full = (emitter.around.batch, *shape)
    lists = [emitter.integers(index) for index in (1, 2, 3)]
    if any(len(values) != len(lists[0]) for values in lists) or len(lists[0]) > len(full):
        raise Malformed(f"it cuts {[len(values) for values in lists]} axes of {len(full)}")
    cuts = [
        _cut(emitter, axis, full[axis], bounds)
        for axis, bounds in enumerate(zip(*lists, strict=True))
    ]
    cuts += [(0, size, 1) for size in full[len(cuts) :]]
    shrink = emitter.option(_SHRINK, "<i4")
    if cuts[0] != (0, full[0], 1) or shrink & 1:
        raise Refused("it takes part of the batch")
    starts, sizes, steps = (tuple(values) for values in zip(*cuts[1:], strict=True))
    op = Slice(starts, sizes, steps)
    if not shrink:
        return emitter.finish(op, source)
    return emitter.finish(
        Reshape(emitter.output_shape()), emitter.add(op, source, grid=source.grid)
    )


def _cut(emitter: Emitter, axis: int, length: int, bounds: tuple[int, ...]) -> tuple[int, int, int]:
    """Start, size and step on one axis."""
    begin, end, step = bounds
    if step == 0:
        raise Malformed(f"its step on axis {axis} is 0")
    if emitter.option(_SHRINK, "<i4") >> axis & 1:
        start = begin + length if begin < 0 else begin
        if not 0 <= start < length:
            raise Malformed(f"it takes index {begin} of {length} on axis {axis}")
        return start, 1, 1
    first = None if emitter.option(_BEGIN, "<i4") >> axis & 1 else begin
    last = None if emitter.option(_END, "<i4") >> axis & 1 else end
    taken = range(*slice(first, last, step).indices(length))
    if not taken:
        raise Malformed(f"it takes no value on axis {axis}")
    return taken[0], len(taken), step
