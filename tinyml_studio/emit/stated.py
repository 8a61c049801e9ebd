"""The integers of a program beside the graph that it was lowered from, for a model file."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tinyml_studio.arith.inttype import IntArray
from tinyml_studio.errors import ExportError
from tinyml_studio.formats.writer.stated import Stated, StatedConstant, StatedWeights
from tinyml_studio.ir import ops
from tinyml_studio.ir.found import FoundGrid
from tinyml_studio.ir.graph import Graph, Node
from tinyml_studio.program.instructions import (
    AddFloat32,
    AveragePoolFloat32,
    Conv2D,
    DepthwiseConv2D,
    FullyConnected,
    FullyConnectedReal,
    MulFloat32,
    TransposeConv2D,
)
from tinyml_studio.program.program import Program, QuantizedTensor

_Rounded = AddFloat32 | MulFloat32 | AveragePoolFloat32
_Weighted = Conv2D | DepthwiseConv2D | FullyConnected | FullyConnectedReal | TransposeConv2D


def stated(graph: Graph, program: Program) -> Stated:
    """What a model file has to hold of a program.

    Parameters
    ----------
    graph
        What `program` was lowered from, with all of its channels.
    program
        The integers.
    """
    tensors = [name for name in graph.shapes if name in program.tensors]
    return Stated(
        grids={name: _grid(program.tensors[name]) for name in tensors},
        limits={name: _limits(program, name) for name in tensors},
        weights=dict(_weights(graph, program)),
        constants={node.name: _constants(graph, program, node) for node in graph.nodes},
        unsigned=_is_unsigned(graph, program),
    )


def _grid(tensor: QuantizedTensor) -> FoundGrid:
    return FoundGrid(tensor.type.bits, tensor.scale, tensor.zero_point)


def _limits(program: Program, tensor: str) -> tuple[int, int]:
    """What the instruction that makes a tensor lets through."""
    kind = program.tensors[tensor].type
    for item in program.instructions:
        if item.output == tensor:
            return getattr(item, "low", kind.min), getattr(item, "high", kind.max)
    return kind.min, kind.max


def _weights(graph: Graph, program: Program) -> Iterator[tuple[str, StatedWeights]]:
    """Integers of all layers that have weights."""
    for item in program.instructions:
        if isinstance(item, _Weighted):
            op = graph.by_name[item.layer].op
            scale = item.weight_scale
            if not scale.size:
                raise ExportError(f"The scales of the weights of {item.layer} are not known")
            single = scale[:1] if (scale == scale[0]).all() else scale
            yield (
                item.layer,
                StatedWeights(
                    _arranged(item, op, len(program.tensors[item.output].shape)),
                    item.weight_type.bits,
                    single,
                    item.bias,
                ),
            )


def _arranged(item: _Weighted, op: ops.Operator, rank: int) -> IntArray:
    """The integers ``(O, ...)`` as the operator has its weights; a factor has a 1 x 1 kernel."""
    if isinstance(op, ops.ChannelAffine):
        return item.weights.reshape(-1, *(1,) * rank)
    if not isinstance(op, (ops.Conv, ops.ConvTranspose, ops.Dense)):
        raise TypeError(f"{item.layer} is a {op.kind} with weights")
    weights = item.weights
    if isinstance(item, DepthwiseConv2D):
        weights = np.moveaxis(weights, -1, 0)
    return weights.reshape(op.weight.shape)


def _constants(graph: Graph, program: Program, node: Node) -> tuple[StatedConstant, ...]:
    """The constant operands of a layer, which lowering declares in their order.

    A layer without any may have constants of its instruction, such as the slope of a leaky Relu.
    """
    wanted = sum(name in graph.constants for name in node.inputs)
    if not wanted:
        return ()
    prefix = f"{node.outputs[0]}#"
    names = [name for name in program.constants if name.startswith(prefix)]
    names.sort(key=lambda name: int(name.removeprefix(prefix)))
    if len(names) != wanted:
        raise ExportError(f"The layer {node.name} ({node.op.kind}) has constants of several grids")
    return tuple(
        StatedConstant(program.constants[name], _grid(program.tensors[name])) for name in names
    )


def _is_unsigned(graph: Graph, program: Program) -> bool:
    """Whether activations are unsigned: as sums are rounded, else as the file has most of them.

    Inputs that a file makes signed at once do not count: ONNX Runtime multiplies unsigned values
    with signed weights inexactly on some processors.
    """
    origins = [item.origin for item in program.instructions if isinstance(item, _Rounded)]
    if origins:
        return any(origins)
    if graph.found is None:
        return False
    inputs = {port.tensor for port in graph.inputs}
    made = graph.found.activations.keys() - inputs or inputs
    return 2 * len(graph.found.unsigned & made) > len(made)
