"""From protobuf to `WireModel`: names, counts, types and order, without recursion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from tinyml_studio.errors import ModelError
from tinyml_studio.formats import limits
from tinyml_studio.formats.attributes import read_attributes
from tinyml_studio.formats.element_types import PACKED
from tinyml_studio.formats.external import ExternalData
from tinyml_studio.formats.names import Names, checked_name
from tinyml_studio.formats.ordering import in_order
from tinyml_studio.formats.refusal import Malformed
from tinyml_studio.formats.tensors import TensorDecoder
from tinyml_studio.formats.wire import Array, Attributes, Foreign, WireModel, WireNode, WireTensor
from tinyml_studio.progress import Progress


def parse_model(data: bytes, path: Path, progress: Progress) -> WireModel:
    """Parse and check the structure of a whole file.

    Raises
    ------
    ModelError
        Names the file and the place of what breaks a rule.
    """
    proto = onnx.ModelProto()
    try:
        proto.ParseFromString(data)
    except (DecodeError, ValueError, RecursionError):
        raise ModelError(
            f"{path.name} is not an ONNX model, or it is damaged",
            detail="its protobuf encoding is not valid",
        ) from None
    try:
        return _model(proto, path, progress)
    except Malformed as error:
        raise ModelError(
            f"{path.name} cannot be read", detail=str(error), hint=error.hint
        ) from None


def _model(proto: onnx.ModelProto, path: Path, progress: Progress) -> WireModel:
    """Check the parts in the order in which their errors are most telling."""
    opset = _opset(proto)
    graph = proto.graph
    _check_counts(graph)
    decoder = TensorDecoder(ExternalData(path))
    initializers = _initializers(graph, decoder, progress)
    inputs = tuple(
        tensor for tensor in _tensors(graph.input, "input") if tensor.name not in initializers
    )
    nodes = _nodes(graph, decoder, progress)
    outputs = tuple(_tensors(graph.output, "output"))
    _check_single_assignment([tensor.name for tensor in inputs], initializers, nodes)
    known = {tensor.name for tensor in inputs}.union(initializers)
    _check_operands(nodes, known, [tensor.name for tensor in outputs])
    declared = {tensor.name: tensor for tensor in (*_value_info(graph), *outputs)}
    return WireModel(
        file=path.name,
        name=_text(graph.name),
        opset=opset,
        inputs=inputs,
        outputs=outputs,
        nodes=in_order(nodes),
        initializers=initializers,
        declared=declared,
        functions=frozenset((f.domain, f.name) for f in proto.functions),
        packed=frozenset(t.name for t in graph.initializer if t.data_type in PACKED),
    )


def _opset(proto: onnx.ModelProto) -> int:
    """The version of the standard operators; imported once and within what is read."""
    if not limits.MIN_IR_VERSION <= proto.ir_version <= onnx.IR_VERSION:
        raise Malformed(
            f"its IR version is {proto.ir_version};"
            f" {limits.MIN_IR_VERSION} to {onnx.IR_VERSION} are read"
        )
    versions = [int(o.version) for o in proto.opset_import if o.domain in ("", "ai.onnx")]
    if not versions:
        raise Malformed("it does not say which version of the ONNX operators it uses")
    if len(versions) > 1:
        raise Malformed("it imports the ONNX operators twice")
    if not limits.MIN_OPSET <= versions[0] <= limits.MAX_OPSET:
        raise Malformed(
            f"it uses version {versions[0]} of the ONNX operators (opset);"
            f" {limits.MIN_OPSET} to {limits.MAX_OPSET} are read",
            hint="export the model again with one of these versions",
        )
    return versions[0]


def _check_counts(graph: onnx.GraphProto) -> None:
    """Refuse what would take too long, and storage forms that are not read."""
    if len(graph.node) > limits.MAX_NODES:
        raise Malformed(f"it has {len(graph.node)} nodes; at most {limits.MAX_NODES} are read")
    tensors = len(graph.initializer) + len(graph.input) + len(graph.output) + len(graph.value_info)
    if tensors > limits.MAX_TENSORS:
        raise Malformed(f"it has {tensors} tensors; at most {limits.MAX_TENSORS} are read")
    if len(graph.sparse_initializer):
        raise Malformed("it has sparse constants, which are not read")
    if not len(graph.output):
        raise Malformed("it has no output")


def _initializers(
    graph: onnx.GraphProto, decoder: TensorDecoder, progress: Progress
) -> dict[str, Array | Foreign]:
    """All constants by name."""
    values: dict[str, Array | Foreign] = {}
    for index, tensor in enumerate(graph.initializer):
        progress(index, len(graph.initializer), "reading the weights")
        name = checked_name(tensor.name, "constant")
        if name in values:
            raise Malformed(f"two constants are named {name!r}")
        try:
            values[name] = decoder.decode(tensor)
        except Malformed as error:
            raise error.at(f"the constant {name!r}") from None
    return values


def _tensors(protos: Iterable[onnx.ValueInfoProto], what: str) -> list[WireTensor]:
    """Declared tensors; their names are unique."""
    tensors = [_tensor(proto, what) for proto in protos]
    names = [tensor.name for tensor in tensors]
    if len(set(names)) < len(names):
        twice = Counter(names).most_common(1)[0][0]
        raise Malformed(f"two {what}s are named {twice!r}")
    return tensors


def _value_info(graph: onnx.GraphProto) -> list[WireTensor]:
    """What the file says about inner tensors; a nameless entry says nothing."""
    return [_tensor(proto, "tensor") for proto in graph.value_info if proto.name]


def _tensor(proto: onnx.ValueInfoProto, what: str) -> WireTensor:
    """One declared tensor."""
    name = checked_name(proto.name, what)
    kind = proto.type.tensor_type
    if not proto.type.HasField("tensor_type"):
        return WireTensor(name, 0, None)
    if not kind.HasField("shape"):
        return WireTensor(name, int(kind.elem_type), None)
    if len(kind.shape.dim) > limits.MAX_RANK:
        raise Malformed(f"the {what} {name!r} has {len(kind.shape.dim)} axes")
    return WireTensor(name, int(kind.elem_type), tuple(_dim(dim) for dim in kind.shape.dim))


def _dim(proto: onnx.TensorShapeProto.Dimension) -> int | str | None:
    """A size, a symbol or nothing."""
    if proto.HasField("dim_value"):
        return int(proto.dim_value)
    return str(proto.dim_param) or None


def _nodes(
    graph: onnx.GraphProto, decoder: TensorDecoder, progress: Progress
) -> tuple[WireNode, ...]:
    """All nodes with unique names, in the file's order."""
    names = Names(_text(node.name) for node in graph.node)
    nodes = []
    for index, proto in enumerate(graph.node):
        progress(index, len(graph.node), "reading the nodes")
        kind = checked_name(proto.op_type, "operator")
        domain = checked_name(proto.domain, "domain", empty=True)
        given = checked_name(proto.name, "node", empty=True)
        nodes.append(
            WireNode(
                name=names.claim(given, f"{kind}_{index}"),
                op_type=kind,
                domain="" if domain == "ai.onnx" else domain,
                inputs=_operands(proto.input, given or kind),
                outputs=_operands(proto.output, given or kind),
                attributes=_attributes(proto, decoder, given or f"{kind}_{index}"),
            )
        )
    return tuple(nodes)


def _text(name: object) -> str:
    """Text, or nothing for what is not UTF-8."""
    return name if isinstance(name, str) else ""


def _operands(names: Sequence[str], node: str) -> tuple[str, ...]:
    """Tensor names of one node; an empty one is an operand left out."""
    if len(names) > limits.MAX_OPERANDS:
        raise Malformed(f"the node {node!r} has {len(names)} operands")
    return tuple(checked_name(name, "tensor", empty=True) for name in names)


def _attributes(proto: onnx.NodeProto, decoder: TensorDecoder, node: str) -> Attributes:
    """Attributes of one node, with its name in the error."""
    try:
        return read_attributes(proto.attribute, decoder)
    except Malformed as error:
        raise error.at(f"the node {node!r}") from None


def _check_single_assignment(
    inputs: Iterable[str], initializers: Iterable[str], nodes: Iterable[WireNode]
) -> None:
    """Every tensor comes from one place."""
    made = {*inputs, *initializers}
    for node in nodes:
        for tensor in node.outputs:
            if tensor in made:
                raise Malformed(
                    f"the node {node.name!r} makes the tensor {tensor!r}, which exists already"
                )
            if tensor:
                made.add(tensor)


def _check_operands(nodes: Sequence[WireNode], known: set[str], outputs: Iterable[str]) -> None:
    """Every tensor that is read exists."""
    known = known.union(*(node.outputs for node in nodes), [""])
    for node in nodes:
        for tensor in node.inputs:
            if tensor not in known:
                raise Malformed(
                    f"the node {node.name!r} reads the tensor {tensor!r}, which nothing makes"
                )
    for tensor in outputs:
        if tensor not in known:
            raise Malformed(f"nothing makes the output {tensor!r}")
