"""The one door to a `Graph`: validates every invariant and infers every shape."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from tinyml_studio.arith.inttype import FloatArray
from tinyml_studio.errors import GraphError
from tinyml_studio.ir.found import FoundQuantization
from tinyml_studio.ir.graph import Graph, Node, Port
from tinyml_studio.ir.ops import Clamp, Operator, Shape
from tinyml_studio.ir.shapes import ShapeMismatchError, output_shapes

MAX_ELEMENTS = 2**31 - 1  # of one sample of a tensor: what an int32 index in C can reach
MAX_RANK = 16


def build_graph(
    *,
    name: str,
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    nodes: Sequence[Node],
    constants: Mapping[str, FloatArray],
    found: FoundQuantization | None = None,
) -> Graph:
    """Validate a network and infer the shape of every tensor.

    Constants become read-only; those that no node reads are left out.

    Raises
    ------
    GraphError
        If a name is used twice, a node reads a tensor before it exists, operands do not fit an
        operator, or a weight is not finite; names the node and the tensor.
    """
    graph = _build(name, inputs, outputs, nodes, constants, checked=frozenset())
    return dataclasses.replace(graph, found=found)


def rebuild(
    graph: Graph,
    *,
    nodes: Sequence[Node] | None = None,
    inputs: Sequence[Port] | None = None,
    outputs: Sequence[Port] | None = None,
    constants: Mapping[str, FloatArray] | None = None,
    copies: Mapping[str, str] = MappingProxyType({}),
) -> Graph:
    """The same network with parts replaced, validated again.

    The values of operators and constants that `graph` holds already are not looked at twice, and
    what its file states about quantization stays; `copies` says which constants hold the values of
    which others.

    Raises
    ------
    GraphError
        As `build_graph`.
    """
    checked = frozenset(
        [id(node.op) for node in graph.nodes] + [id(value) for value in graph.constants.values()]
    )
    rebuilt = _build(
        graph.name,
        graph.inputs if inputs is None else inputs,
        graph.outputs if outputs is None else outputs,
        graph.nodes if nodes is None else nodes,
        graph.constants if constants is None else constants,
        checked=checked,
    )
    found = None if graph.found is None else graph.found.copied(copies)
    return dataclasses.replace(rebuilt, found=found)


def _build(
    name: str,
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    nodes: Sequence[Node],
    constants: Mapping[str, FloatArray],
    *,
    checked: frozenset[int],
) -> Graph:
    """Build; objects whose ids are in `checked` have been found finite before."""
    _check_unique("two nodes are named", (node.name for node in nodes))
    _check_unique("two inputs are named", (port.name for port in inputs))
    _check_unique("two outputs are named", (port.name for port in outputs))
    read = {tensor for node in nodes for tensor in node.inputs}
    kept = {key: _constant(key, value, checked) for key, value in constants.items() if key in read}
    shapes: dict[str, Shape | None] = {key: value.shape for key, value in kept.items()}
    for port in inputs:
        _define(shapes, port.tensor, _port_shape(port), f"input {port.name!r}")
    for node in nodes:
        _add_node(shapes, node, checked)
    for port in outputs:
        _check_output(shapes, port, kept)
    return Graph(
        name=name,
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        nodes=tuple(nodes),
        constants=MappingProxyType(kept),
        shapes=MappingProxyType({key: s for key, s in shapes.items() if s is not None}),
    )


def _add_node(shapes: dict[str, Shape | None], node: Node, checked: frozenset[int]) -> None:
    """Check one node against the tensors so far, and add those that it makes."""
    where = f"layer {node.name!r} ({node.op.kind})"
    for tensor in node.inputs:
        if tensor not in shapes:
            raise GraphError(f"{where} reads tensor {tensor!r}, which no earlier node makes")
    if id(node.op) not in checked:
        _check_operator(node.op, where)
    try:
        made = output_shapes(node.op, tuple(shapes[tensor] for tensor in node.inputs))
    except ShapeMismatchError as error:
        tensor = node.inputs[error.operand] if node.inputs else "none"
        raise GraphError(f"{where} cannot read tensor {tensor!r}", detail=str(error)) from None
    if len(made) != len(node.outputs):
        raise GraphError(f"{where} makes {len(made)} tensors, not {len(node.outputs)}")
    for tensor, shape in zip(node.outputs, made, strict=True):
        _define(shapes, tensor, shape, where)


def _define(shapes: dict[str, Shape | None], tensor: str, shape: Shape | None, where: str) -> None:
    """Add a tensor; it must be new and of a size that can be run."""
    if not tensor:
        raise GraphError(f"{where} makes a tensor without a name")
    if tensor in shapes:
        raise GraphError(f"{where} makes tensor {tensor!r}, which exists already")
    if shape is not None:
        _check_size(shape, f"tensor {tensor!r} of {where}")
    shapes[tensor] = shape


def _check_size(shape: Shape, what: str) -> None:
    """Refuse empty tensors and sizes that no program can hold."""
    elements = 1
    for size in shape:
        elements *= size
    if min(shape, default=1) < 1:
        raise GraphError(f"{what} has shape {shape}", detail="every axis has at least one element")
    if elements > MAX_ELEMENTS or len(shape) > MAX_RANK:
        raise GraphError(
            f"{what} has shape {shape}",
            detail=f"at most {MAX_ELEMENTS} elements and {MAX_RANK} axes are possible",
        )


def _port_shape(port: Port) -> Shape:
    """Shape of a port's tensor in the graph's layout."""
    if sorted(port.perm) != list(range(len(port.shape))):
        raise GraphError(f"Port {port.name!r} of shape {port.shape} has the axis order {port.perm}")
    return tuple(port.shape[axis] for axis in port.perm)


def _check_output(
    shapes: Mapping[str, Shape | None], port: Port, constants: Mapping[str, FloatArray]
) -> None:
    """An output is a tensor that the network makes, in the shape that its port says."""
    if port.tensor not in shapes or port.tensor in constants:
        raise GraphError(f"Output {port.name!r} is tensor {port.tensor!r}, which no node makes")
    found, wanted = shapes[port.tensor], _port_shape(port)
    if found is not None and found != wanted:
        raise GraphError(
            f"Output {port.name!r}: tensor {port.tensor!r} has shape {found}, not {wanted}"
        )


def _constant(tensor: str, value: FloatArray, checked: frozenset[int]) -> FloatArray:
    """A constant operand, checked and read-only."""
    if id(value) in checked:
        return value
    _check_array(value, f"constant {tensor!r}")
    frozen = value.view()
    frozen.flags.writeable = False
    return frozen


def _check_operator(op: Operator, where: str) -> None:
    """Weights are finite float32, a fused activation is an interval."""
    for field in dataclasses.fields(op):
        value = getattr(op, field.name)
        if isinstance(value, np.ndarray):
            _check_array(value, f"{field.name} of {where}")
        elif isinstance(value, Clamp) and not value.low <= value.high:
            raise GraphError(f"{where} limits its output to [{value.low}, {value.high}]")
        elif isinstance(value, float) and not np.isfinite(value):
            raise GraphError(f"{field.name} of {where} is {value}")


def _check_array(value: np.ndarray, what: str) -> None:
    """Refuse other types than float32 and values that are not finite."""
    if value.dtype != np.float32:
        raise GraphError(f"{what} has type {value.dtype}, not float32")
    if value.size == 0:
        raise GraphError(f"{what} is empty: shape {value.shape}")
    if not np.isfinite(value).all():
        at = tuple(int(index) for index in np.argwhere(~np.isfinite(value))[0])
        raise GraphError(f"{what} holds {value[at]} at {at}", hint="train or export it again")


def _check_unique(what: str, names: Iterable[str]) -> None:
    """Refuse empty and repeated names."""
    for name, count in Counter(names).items():
        if count > 1 or not name:
            raise GraphError(f"The network is not valid: {what} {name!r}")
