"""Operators that move elements without computing."""

from __future__ import annotations

import numpy as np

from tinyml_studio.formats.writer.convolution import onnx_pads
from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.formats.writer.layout import Layout, batched, onnx_axis, ordered, sample_perm
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import (
    Concat,
    Gather,
    Pad,
    Reshape,
    ResizeBilinear,
    Slice,
    Split,
    Transpose,
)

BEFORE_FIRST = int(np.iinfo(np.int64).min)  # how ONNX says that a backward slice includes index 0


def write_reshape(draft: Draft, node: Node, op: Reshape) -> None:
    """Reshape whose batch axis is copied (0), so that any batch size runs."""
    target = draft.integers([0, *op.shape])
    name = draft.add("Reshape", [draft.read(node.inputs[0]), target])
    draft.write(node.outputs[0], name)


def write_transpose(draft: Draft, node: Node, op: Transpose) -> None:
    """Another name where the moved tensor already exists in the other layout, else Transpose."""
    source, target = node.inputs[0], node.outputs[0]
    to_first = sample_perm(len(op.perm), Layout.FIRST)
    if op.perm == to_first and draft.is_written(source, Layout.FIRST):
        draft.write(target, draft.read(source, Layout.FIRST), Layout.LAST)
    elif op.perm == tuple(np.argsort(to_first)):
        draft.write(target, draft.read(source, Layout.LAST), Layout.FIRST)
    else:
        name = draft.add("Transpose", [draft.read(source)], perm=batched(op.perm))
        draft.write(target, name)


def write_concat(draft: Draft, node: Node, op: Concat) -> None:
    """Concat in the layout of its first input."""
    layout = draft.preferred(node.inputs[0])
    axis = onnx_axis(op.axis, draft.rank(node.inputs[0]), layout)
    sources = [draft.read(tensor, layout) for tensor in node.inputs]
    draft.write(node.outputs[0], draft.add("Concat", sources, axis=axis), layout)


def write_split(draft: Draft, node: Node, op: Split) -> None:
    """Split in the layout of its input."""
    layout = draft.preferred(node.inputs[0])
    axis = onnx_axis(op.axis, draft.rank(node.inputs[0]), layout)
    operands = [draft.read(node.inputs[0], layout), draft.integers(op.sizes)]
    names = draft.add_many("Split", operands, len(op.sizes), axis=axis)
    for tensor, name in zip(node.outputs, names, strict=True):
        draft.write(tensor, name, layout)


def write_slice(draft: Draft, node: Node, op: Slice) -> None:
    """Slice on every axis; an end before the first element is written as the lowest integer."""
    layout = draft.preferred(node.inputs[0])
    cuts = list(zip(op.starts, op.sizes, op.steps, strict=True))
    ends = [start + step * size for start, size, step in cuts]
    operands = [
        draft.read(node.inputs[0], layout),
        draft.integers(ordered(op.starts, layout)),
        draft.integers(ordered([BEFORE_FIRST if end < 0 else end for end in ends], layout)),
        draft.integers(range(1, len(cuts) + 1)),
        draft.integers(ordered(op.steps, layout)),
    ]
    draft.write(node.outputs[0], draft.add("Slice", operands), layout)


def write_gather(draft: Draft, node: Node, op: Gather) -> None:
    """One Gather for each axis that has indices."""
    layout = draft.preferred(node.inputs[0])
    rank = draft.rank(node.inputs[0])
    name = draft.read(node.inputs[0], layout)
    for axis, taken in enumerate(op.indices):
        if taken is not None:
            at = onnx_axis(axis, rank, layout)
            name = draft.add("Gather", [name, draft.integers(taken)], axis=at)
    draft.write(node.outputs[0], name, layout)


def write_resize_bilinear(draft: Draft, node: Node, op: ResizeBilinear) -> None:
    """Resize, channels first, to sizes that leave batch and channels as they are."""
    source = draft.read(node.inputs[0], Layout.FIRST)
    kept = draft.add("Shape", [source], start=0, end=2)
    sizes = draft.add("Concat", [kept, draft.integers(op.size)], axis=0)
    name = draft.add(
        "Resize",
        [source, "", "", sizes],
        mode="linear",
        coordinate_transformation_mode=str(op.coordinates),
    )
    draft.write(node.outputs[0], name, Layout.FIRST)


def write_pad(draft: Draft, node: Node, op: Pad) -> None:
    """Pad with a constant; the batch axis is never padded."""
    layout = draft.preferred(node.inputs[0])
    pads = onnx_pads(((0, 0), *ordered(op.pads, layout)))
    operands = [draft.read(node.inputs[0], layout), draft.integers(pads), draft.floats(op.value)]
    draft.write(node.outputs[0], draft.add("Pad", operands), layout)
