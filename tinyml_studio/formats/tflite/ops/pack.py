"""PACK and UNPACK: tensors joined along a new axis, and taken apart."""

from __future__ import annotations

from tinyml_studio.formats.refusal import Malformed, Refused
from tinyml_studio.formats.tflite.axes import sample_axis
from tinyml_studio.formats.tflite.emitter import Emitter
from tinyml_studio.formats.tflite.values import Tensor
from tinyml_studio.ir.ops import Concat, Reshape, Slice


def convert_pack(emitter: Emitter) -> tuple[Tensor, ...]:
    """Each operand gets the new axis, then they are joined along it."""
    operands = [emitter.tensor(index) for index in range(len(emitter.operator.inputs))]
    if not operands or any(shape != operands[0][1] for _, shape in operands):
        raise Malformed("its operands differ in shape")
    shape = operands[0][1]
    axis = sample_axis(emitter.option(1, "<i4"), len(shape) + 1)
    wide = Reshape((*shape[:axis], 1, *shape[axis:]))
    parts = [emitter.add(wide, tensor, grid=tensor.grid) for tensor, _ in operands]
    return emitter.finish(Concat(axis), *parts)


def convert_unpack(emitter: Emitter) -> tuple[Tensor, ...]:
    """A slice for each output, without the axis."""
    source, shape = emitter.computed()
    emitter.keep_grid()
    axis = sample_axis(emitter.option(1, "<i4"), len(shape))
    outputs = len(emitter.operator.outputs)
    if shape[axis] != outputs:
        raise Malformed(f"it takes {shape[axis]} tensors apart into {outputs}")
    made = []
    for index in range(outputs):
        starts = tuple(index if place == axis else 0 for place in range(len(shape)))
        sizes = tuple(1 if place == axis else size for place, size in enumerate(shape))
        part = Slice(starts, sizes, (1,) * len(shape))
        rest = Reshape((*shape[:axis], *shape[axis + 1 :]))
        taken = emitter.add(part, source, grid=source.grid)
        made.append(emitter.finish_one(index, rest, taken))
    if not made:
        raise Refused("it has no output")
    return tuple(made)
