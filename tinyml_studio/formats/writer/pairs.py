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
        if isinstance(op, ChannelAffine):
            write_conv(draft, node, as_convolution(draft, node, op))
        else:
            WRITERS[type(op)](draft, node, op)


def as_convolution(draft: QuantizedDraft, node: Node, op: ChannelAffine) -> Conv:
    """A factor per channel as a convolution with a 1 x 1 kernel and a group for each channel."""
    axes = draft.rank(node.inputs[0]) - 1
    if not axes:
        raise draft.refuse("a factor for every value of a vector has no operator with weights")
    return Conv(
        weight=op.scale.reshape(-1, *(1,) * axes, 1),
        bias=op.bias,
        strides=(1,) * axes,
        pads=((0, 0),) * axes,
        dilations=(1,) * axes,
        groups=len(op.scale),
        clamp=op.clamp,
    )
