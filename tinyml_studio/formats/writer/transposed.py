"""Transposed convolution as ONNX."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tinyml_studio.formats.writer.convolution import onnx_pads
from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.formats.writer.layout import Layout
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import ConvTranspose


def write_conv_transpose(draft: Draft, node: Node, op: ConvTranspose) -> None:
    """ConvTranspose, channels first; the kernel ``(O, *k, I / g)`` becomes ``(I, O / g, *k)``."""
    filters, depth = op.weight.shape[0], op.weight.shape[-1]

    def arranged(held: NDArray[Any]) -> NDArray[Any]:
        grouped = np.moveaxis(held, -1, 1).reshape(
            op.groups, filters // op.groups, depth, *op.kernel
        )
        return np.swapaxes(grouped, 1, 2).reshape(op.groups * depth, -1, *op.kernel)

    operands = [
        draft.read(node.inputs[0], Layout.FIRST),
        draft.weights(node, op, arranged, axis=1),
        draft.bias(node, op),
    ]
    name = draft.add(
        "ConvTranspose",
        operands,
        kernel_shape=op.kernel,
        strides=op.strides,
        pads=onnx_pads([(before, max(after, 0)) for before, after in op.pads]),
        output_padding=[max(-after, 0) for _, after in op.pads],
        dilations=op.dilations,
        group=op.groups,
    )
    draft.write(node.outputs[0], draft.clamped(name, op.clamp), Layout.FIRST)
