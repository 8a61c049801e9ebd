"""Convolution and fully connected layers as ONNX."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.formats.writer.layout import Layout
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import Conv, Dense


def onnx_pads(pads: Sequence[tuple[int, int]]) -> list[int]:
    """All pads before, then all pads after."""
    return [before for before, _ in pads] + [after for _, after in pads]


def write_conv(draft: Draft, node: Node, op: Conv) -> None:
    """Conv, channels first; the kernel ``(O, *k, I / g)`` becomes ``(O, I / g, *k)``."""
    operands = [
        draft.read(node.inputs[0], Layout.FIRST),
        draft.weights(node, op, lambda held: np.moveaxis(held, -1, 1), axis=0),
        draft.bias(node, op),
    ]
    name = draft.add(
        "Conv",
        operands,
        kernel_shape=op.kernel,
        strides=op.strides,
        pads=onnx_pads(op.pads),
        dilations=op.dilations,
        group=op.groups,
    )
    draft.write(node.outputs[0], draft.clamped(name, op.clamp), Layout.FIRST)


def write_dense(draft: Draft, node: Node, op: Dense) -> None:
    """Gemm for vectors, else MatMul and Add over the last axis."""
    source = draft.read(node.inputs[0])
    if draft.rank(node.inputs[0]) == 1:
        weights = draft.weights(node, op, np.asarray, axis=0)
        name = draft.add("Gemm", [source, weights, draft.bias(node, op)], transB=1)
    else:
        weights = draft.weights(node, op, np.transpose, axis=1)
        name = draft.add("Add", [draft.add("MatMul", [source, weights]), draft.bias(node, op)])
    draft.write(node.outputs[0], draft.clamped(name, op.clamp))
