"""A layer as a real operator between pairs of QuantizeLinear and DequantizeLinear."""

from __future__ import annotations

from tinyml_studio.formats.writer.convolution import write_conv
from tinyml_studio.formats.writer.quantized_draft import QuantizedDraft
from tinyml_studio.formats.writer.registry import WRITERS
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import ChannelAffine, Conv


def write_pairs(draft: QuantizedDraft, node: Node) -> None:
    """By the writer of the real operator; the draft quantizes what it makes."""
    op = node.op
    with draft.layer(node):
        if isinstance(op, ChannelAffine) and draft.rank(node.inputs[0]) == 1:
            _write_vector_factors(draft, node, op)
        elif isinstance(op, ChannelAffine):
            write_conv(draft, node, as_convolution(draft, node, op))
        else:
            WRITERS[type(op)](draft, node, op)


def _write_vector_factors(draft: QuantizedDraft, node: Node, op: ChannelAffine) -> None:
    """A factor for every value of a vector ``(N, C)``: a Conv of ``(N, C, 1)``."""
    conv = Conv(op.scale.reshape(-1, 1, 1), op.bias, (1,), ((0, 0),), (1,), len(op.scale))
    source = draft.add("Unsqueeze", [draft.read(node.inputs[0]), draft.integers([2])])
    weights = draft.weights(node, conv, lambda held: held.reshape(-1, 1, 1), axis=0)
    operands = [source, weights, draft.bias(node, conv)]
    name = draft.add("Conv", operands, kernel_shape=[1], group=len(op.scale))
    name = draft.clamped(draft.add("Squeeze", [name, draft.integers([2])]), op.clamp)
    draft.write(node.outputs[0], name)


def as_convolution(draft: QuantizedDraft, node: Node, op: ChannelAffine) -> Conv:
    """A factor per channel as a convolution with a 1 x 1 kernel and a group for each channel."""
    axes = draft.rank(node.inputs[0]) - 1
    return Conv(
        weight=op.scale.reshape(-1, *(1,) * axes, 1),
        bias=op.bias,
        strides=(1,) * axes,
        pads=((0, 0),) * axes,
        dilations=(1,) * axes,
        groups=len(op.scale),
        clamp=op.clamp,
    )
