"""STRIDED_SLICE: Python's ``x[begin:end:stride]`` with masks that say what else an entry means."""

from __future__ import annotations

from collections.abc import Sequence

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Reshape, Shape, Slice

_BEGIN, _END, _ELLIPSIS, _NEW_AXIS, _SHRINK, _OFFSET = range(6)

Cut = tuple[int, int, int]  # start, size and step on one axis
Bounds = tuple[int, int, int]  # begin, end and stride of one entry


def convert_strided_slice(emitter: Emitter) -> tuple[Tensor, ...]:
    """A slice, and a reshape where axes are dropped or put in."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    full = (emitter.around.batch, *shape)
    lists = [emitter.integers(index) for index in (1, 2, 3)]
    if any(len(values) != len(lists[0]) for values in lists):
        raise Malformed(f"it cuts {[len(values) for values in lists]} axes of {len(full)}")
    entries: list[Bounds] = list(zip(*lists, strict=True))
    cuts = _cuts(emitter, full, entries)
    if cuts[0] != (0, full[0], 1) or _has(emitter, _SHRINK, 0) or _has(emitter, _NEW_AXIS, 0):
        raise Refused("it takes part of the batch")
    starts, sizes, steps = (tuple(values) for values in zip(*cuts[1:], strict=True))
    op = Slice(starts, sizes, steps)
    if not any(emitter.option(mask, "<i4") for mask in (_SHRINK, _NEW_AXIS)):
        return emitter.finish(op, source)
    return emitter.finish(
        Reshape(emitter.output_shape()), emitter.add(op, source, grid=source.grid)
    )


def _cuts(emitter: Emitter, full: Shape, entries: Sequence[Bounds]) -> list[Cut]:
    """What is taken of every axis, the batch first."""
    plain = [
        entry
        for entry in range(len(entries))
        if not (_has(emitter, _ELLIPSIS, entry) or _has(emitter, _NEW_AXIS, entry))
    ]
    if len(plain) > len(full):
        raise Malformed(f"it cuts {len(plain)} axes of {len(full)}")
    cuts: list[Cut] = []
    for entry, bounds in enumerate(entries):
        axis = len(cuts)
        if _has(emitter, _ELLIPSIS, entry):
            covered = full[axis : axis + len(full) - len(plain)]
            cuts += [(0, size, 1) for size in covered]
        elif not _has(emitter, _NEW_AXIS, entry):
            cuts.append(_cut(emitter, entry, full[axis], bounds))
    return cuts + [(0, size, 1) for size in full[len(cuts) :]]


def _has(emitter: Emitter, mask: int, entry: int) -> bool:
    """Whether a mask has the bit of an entry."""
    return bool(emitter.option(mask, "<i4") >> entry & 1)


def _cut(emitter: Emitter, entry: int, length: int, bounds: Bounds) -> Cut:
    """Start, size and step on one axis."""
    begin, end, step = bounds
    if step == 0:
        raise Malformed(f"the step of its entry {entry} is 0")
    if _has(emitter, _SHRINK, entry):
        start = begin + length if begin < 0 else begin
        if not 0 <= start < length:
            raise Malformed(f"it takes index {begin} of {length} in its entry {entry}")
        return start, 1, 1
    if emitter.option(_OFFSET, "u1"):
        end += begin
    first = None if _has(emitter, _BEGIN, entry) else begin
    last = None if _has(emitter, _END, entry) else end
    taken = range(*slice(first, last, step).indices(length))
    if not taken:
        raise Malformed(f"it takes no value in its entry {entry}")
    return taken[0], len(taken), step
