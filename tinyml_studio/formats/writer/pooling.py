"""Pooling and means as ONNX."""

from __future__ import annotations

from tinyml_studio.formats.writer.convolution import onnx_pads
from tinyml_studio.formats.writer.draft import Draft
from tinyml_studio.formats.writer.layout import Layout, onnx_axis
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import ArgMax, AveragePool, MaxPool, Mean, Prod, Sum

_FLOAT = 1  # TensorProto.FLOAT
_AXES_AS_OPERAND = 18  # the opset


def write_pool(draft: Draft, node: Node, op: MaxPool | AveragePool) -> None:
    """MaxPool or AveragePool, channels first; padding is never counted (ONNX's default)."""
    name = draft.add(
        op.kind,
        [draft.read(node.inputs[0], Layout.FIRST)],
        kernel_shape=op.kernel,
        strides=op.strides,
        pads=onnx_pads(op.pads),
    )
    draft.write(node.outputs[0], draft.clamped(name, op.clamp), Layout.FIRST)


def write_mean(draft: Draft, node: Node, op: Mean | Prod) -> None:
    """ReduceMean or ReduceProd; the axes are an attribute before opset 18, then an operand."""
    kind = f"Reduce{op.kind}"
    layout, axes = _axes(draft, node, op)
    source, keepdims = draft.read(node.inputs[0], layout), int(op.keepdims)
    if draft.opset < _AXES_AS_OPERAND:
        name = draft.add(kind, [source], axes=axes, keepdims=keepdims)
    else:
        name = draft.add(kind, [source, draft.integers(axes)], keepdims=keepdims)
    draft.write(node.outputs[0], name, layout)


def write_arg_max(draft: Draft, node: Node, op: ArgMax) -> None:
    """ArgMax or ArgMin, and its integers as real numbers."""
    source = draft.read(node.inputs[0])
    found = draft.add(op.kind, [source], axis=op.axis + 1, keepdims=int(op.keepdims))
    draft.write(node.outputs[0], draft.add("Cast", [found], to=_FLOAT))


def write_sum(draft: Draft, node: Node, op: Sum) -> None:
    """ReduceSum, whose axes are an operand."""
    layout, axes = _axes(draft, node, op)
    operands = [draft.read(node.inputs[0], layout), draft.integers(axes)]
    name = draft.add("ReduceSum", operands, keepdims=int(op.keepdims))
    draft.write(node.outputs[0], name, layout)


def _axes(draft: Draft, node: Node, op: Mean | Sum | Prod) -> tuple[Layout, list[int]]:
    """Channels first only where the axes that remain have the graph's order."""
    rank = draft.rank(node.inputs[0])
    layout = draft.preferred(node.inputs[0])
    only_channels_remain = op.axes == tuple(range(rank - 1))
    if not (op.keepdims or only_channels_remain):
        layout = Layout.LAST
    return layout, sorted(onnx_axis(axis, rank, layout) for axis in op.axes)
