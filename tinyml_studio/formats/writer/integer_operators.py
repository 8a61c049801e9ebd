"""Layers as ONNX operators on integers: QLinearConv, QGemm, QLinearAdd and their like.

Each takes integers with their scale and zero point, and those of the output; what they compute is
`Rounding.FLOAT32` and `instructions.float32` of the program.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from tinyml_studio.formats.order_of_sums import is_added_last
from tinyml_studio.formats.writer.convolution import onnx_pads
from tinyml_studio.formats.writer.elementwise import broadcast
from tinyml_studio.formats.writer.layout import Layout, batched, onnx_axis, sample_perm
from tinyml_studio.formats.writer.quantized_draft import QuantizedDraft
from tinyml_studio.formats.writer.stored import Container
from tinyml_studio.ir.graph import Node
from tinyml_studio.ir.ops import (
    Add,
    AveragePool,
    Concat,
    Conv,
    Dense,
    LeakyRelu,
    MatMul,
    Mean,
    Mul,
    Sigmoid,
    Softmax,
)

_Integers = tuple[str, str, str]


def write_conv(draft: QuantizedDraft, node: Node, op: Conv) -> None:
    """QLinearConv, channels first."""
    source = _operand(draft, node.inputs[0], Layout.FIRST)
    weights = draft.stored_weights(node, lambda held: np.moveaxis(held, -1, 1), axis=0)
    name = draft.add(
        "QLinearConv",
        [*source, *weights, *_output(draft, node), _bias(draft, node)],
        kernel_shape=op.kernel,
        strides=op.strides,
        pads=onnx_pads(op.pads),
        dilations=op.dilations,
        group=op.groups,
    )
    draft.write_limited(node.outputs[0], name, Layout.FIRST)


def write_vector_factors(draft: QuantizedDraft, node: Node, count: int) -> None:
    """QLinearConv with a group for each value of a vector ``(N, C)``, as ``(N, C, 1)``."""
    name, *grid = _operand(draft, node.inputs[0])
    name = draft.add("Unsqueeze", [name, draft.integers([2])])
    weights = draft.stored_weights(node, lambda held: held.reshape(-1, 1, 1), axis=0)
    operands = [name, *grid, *weights, *_output(draft, node), _bias(draft, node)]
    made = draft.add("QLinearConv", operands, kernel_shape=[1], group=count)
    made = draft.add("Squeeze", [made, draft.integers([2])])
    draft.write_limited(node.outputs[0], made)


def write_dense(draft: QuantizedDraft, node: Node, op: Dense) -> None:
    """QGemm over rows: several rows of a sample become samples and back."""
    name, *grid = _operand(draft, node.inputs[0])
    rows = draft.shape(node.inputs[0])[:-1]
    if rows:
        name = draft.add("Reshape", [name, draft.integers([-1, op.weight.shape[1]])])
    weights = draft.stored_weights(node, np.asarray, axis=0)
    operands = [name, *grid, *weights, _bias(draft, node), *_output(draft, node)]
    made = draft.contributed("QGemm", operands, transB=1)
    if rows:
        made = draft.add("Reshape", [made, draft.integers([-1, *rows, len(op.weight)])])
    draft.write_limited(node.outputs[0], made)


def write_binary(draft: QuantizedDraft, node: Node, op: Add | Mul) -> None:
    """QLinearAdd or QLinearMul, in the layout of the first computed operand of full rank."""
    rank = max(map(draft.rank, node.inputs))
    computed = [name for name in node.inputs if draft.constant_operand(name) is None]
    same = all(draft.rank(name) == rank for name in computed)
    layout = draft.preferred(computed[0]) if same and computed else Layout.LAST
    first, second = (_aligned(draft, name, rank, layout) for name in node.inputs)
    if isinstance(op, Add):
        first = _in_its_place(draft, node, first, layout)
    made = draft.contributed(f"QLinear{op.kind}", [*first, *second, *_output(draft, node)])
    draft.write_limited(node.outputs[0], made, layout)


def _in_its_place(draft: QuantizedDraft, node: Node, first: _Integers, layout: Layout) -> _Integers:
    """The first operand of a sum, repeated where ONNX Runtime would add it as the second."""
    rank = len(draft.shape(node.outputs[0]))
    perm = sample_perm(rank, layout)
    shapes = [(1,) * (rank - draft.rank(name)) + draft.shape(name) for name in node.inputs]
    one, other, made = (
        tuple(shape[axis] for axis in perm) for shape in (*shapes, draft.shape(node.outputs[0]))
    )
    if not is_added_last(one, other):
        return first
    return (draft.add("Expand", [first[0], draft.integers([1, *made])]), *first[1:])


def write_matmul(draft: QuantizedDraft, node: Node, op: MatMul) -> None:
    """QLinearMatMul behind a Transpose for each operand that is held the other way round."""
    rank = max(map(draft.rank, node.inputs))
    operands: list[str] = []
    for tensor, turned in zip(node.inputs, (op.adj_x, op.adj_y), strict=True):
        name, *grid = _aligned(draft, tensor, rank, Layout.LAST)
        if turned:
            name = draft.add("Transpose", [name], perm=[*range(rank - 1), rank, rank - 1])
        operands += [name, *grid]
    made = draft.add("QLinearMatMul", [*operands, *_output(draft, node)])
    draft.write_limited(node.outputs[0], made)


def write_average_pool(draft: QuantizedDraft, node: Node, op: AveragePool) -> None:
    """QLinearAveragePool, channels first; padding is never counted."""
    made = draft.contributed(
        "QLinearAveragePool",
        [*_operand(draft, node.inputs[0], Layout.FIRST), *_output(draft, node)],
        kernel_shape=op.kernel,
        strides=op.strides,
        pads=onnx_pads(op.pads),
    )
    draft.write_limited(node.outputs[0], made, Layout.FIRST)


def write_mean(draft: QuantizedDraft, node: Node, op: Mean) -> None:
    """QLinearGlobalAveragePool."""
    rank = draft.rank(node.inputs[0])
    if op.axes != tuple(range(rank - 1)) or not op.axes:
        _write_moved_mean(draft, node, op)
        return
    source = _operand(draft, node.inputs[0], Layout.FIRST)
    made = draft.contributed(
        "QLinearGlobalAveragePool", [*source, *_output(draft, node)], channels_last=0
    )
    if op.keepdims:
        draft.write_limited(node.outputs[0], made, Layout.FIRST)
        return
    flat = draft.add("Reshape", [made, draft.integers([0, -1])])
    draft.write_limited(node.outputs[0], flat)


def _write_moved_mean(draft: QuantizedDraft, node: Node, op: Mean) -> None:
    """The same over other axes, which stand last then, as the only one of space."""
    name, *grid = _operand(draft, node.inputs[0])
    rank = draft.rank(node.inputs[0])
    kept = tuple(axis for axis in range(rank) if axis not in op.axes)
    name = draft.add("Transpose", [name], perm=batched((*kept, *op.axes)))
    rows = prod(draft.shape(node.inputs[0])[axis] for axis in kept)
    name = draft.add("Reshape", [name, draft.integers([0, rows, -1])])
    made = draft.contributed(
        "QLinearGlobalAveragePool", [name, *grid, *_output(draft, node)], channels_last=0
    )
    made = draft.add("Reshape", [made, draft.integers([0, *draft.shape(node.outputs[0])])])
    draft.write_limited(node.outputs[0], made)


def write_softmax(draft: QuantizedDraft, node: Node, op: Softmax) -> None:
    """QLinearSoftmax over the last axis."""
    name, scale, zero = _operand(draft, node.inputs[0])
    if op.beta != 1.0:
        scale = draft.floats(draft.stated.grids[node.inputs[0]].scale * op.beta)
    operands = [name, scale, zero, *_output(draft, node)]
    made = draft.contributed("QLinearSoftmax", operands, axis=op.axis + 1, opset=draft.opset)
    draft.write_limited(node.outputs[0], made)


def write_unary(draft: QuantizedDraft, node: Node, op: Sigmoid | LeakyRelu) -> None:
    """QLinearSigmoid or QLinearLeakyRelu."""
    layout = draft.preferred(node.inputs[0])
    operands = [*_operand(draft, node.inputs[0], layout), *_output(draft, node)]
    slope = {"alpha": op.alpha} if isinstance(op, LeakyRelu) else {}
    made = draft.contributed(f"QLinear{op.kind}", operands, **slope)
    draft.write_limited(node.outputs[0], made, layout)


def write_concat(draft: QuantizedDraft, node: Node, op: Concat) -> None:
    """QLinearConcat, which brings all operands on the output's grid."""
    layout = draft.preferred(node.inputs[0])
    axis = onnx_axis(op.axis, draft.rank(node.inputs[0]), layout)
    operands = [part for name in node.inputs for part in _operand(draft, name, layout)]
    made = draft.contributed("QLinearConcat", [*_output(draft, node), *operands], axis=axis)
    draft.write_limited(node.outputs[0], made, layout)


def _operand(draft: QuantizedDraft, tensor: str, layout: Layout = Layout.LAST) -> _Integers:
    """Integers, scale and zero point of a computed operand."""
    return (draft.read_stored(tensor, layout), *draft.parameters(draft.stated.grids[tensor]))


def _aligned(draft: QuantizedDraft, tensor: str, rank: int, layout: Layout) -> _Integers:
    """The same with the sample's axes counted from the last one; constants too."""
    if draft.constant_operand(tensor) is not None:
        name = draft.stored_constant(tensor, lambda held: broadcast(held, rank, layout))
        return (name, *draft.parameters(draft.operand(tensor).grid))
    name, *grid = _operand(draft, tensor, layout)
    missing = rank - draft.rank(tensor)
    if missing:
        name = draft.add("Unsqueeze", [name, draft.integers(range(1, missing + 1))])
    return (name, grid[0], grid[1])


def _output(draft: QuantizedDraft, node: Node) -> Sequence[str]:
    """Scale and zero point of what a layer makes."""
    return draft.parameters(draft.stated.grids[node.outputs[0]])


def _bias(draft: QuantizedDraft, node: Node) -> str:
    """int32 in steps of input scale times weight scale."""
    return draft.stored(Container(32), draft.stated.weights[node.name].bias)
